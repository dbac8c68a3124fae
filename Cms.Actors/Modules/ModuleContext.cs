using Cms.Actors.Access;
using Cms.Actors.Schemas;
using Cms.Actors.Secrets;
using Cms.Actors.Topics;
using Cms.Actors.Validation;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Storage.Journals;
using Microsoft.Extensions.Logging;

namespace Cms.Actors.Modules;

/// <summary>What a module's shell works with.</summary>
internal sealed record ModuleContext(ModuleName Module, NodeOptions Options, SegmentBudget Budget, IJournal Journal, TimeProvider Clock, ILogger Logger, TopicDirectory Topics, ValidatorDirectory Validators, ReferenceDirectory References, AccessDirectory Access, Task AllOpened)
{
    /// <summary>What seals the module's secrets.</summary>
    public required ModuleKeys Keys { get; init; }

    public string FilePath => Path.Combine(Options.ConfigDirectory, Module.Name);

    public string SegmentPath => Path.Combine(Options.SegmentDirectory, Module.Name + ".seg");
}
