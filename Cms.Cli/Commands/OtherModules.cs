using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Commands;

/// <summary>Finds what references lead to in other modules: in files beside the one that is looked at, else in the segments.</summary>
/// <param name="context">The invocation.</param>
/// <param name="directory">Where the files are; null to look at segments alone.</param>
internal sealed class OtherModules(CommandContext context, string? directory) : IReferenceTargets
{
    private readonly Dictionary<string, IModuleView?> _files = [];

    /// <inheritdoc/>
    public bool? Has(string module, string sectionType, string name)
    {
        if (FileOf(module) is { } file)
        {
            return file.FindSection(name) is { } found && FieldReference.IsOfType(found.Type, sectionType);
        }

        if (!File.Exists(context.Paths.SegmentOf(module)))
        {
            return null;
        }

        var session = context.Session(module);
        return session.Read(() => session.Committed.FindSection(name) is { } found && FieldReference.IsOfType(found.Type, sectionType));
    }

    // A file that does not parse says nothing of its module here; it is told when it is validated itself.
    private IModuleView? FileOf(string module)
    {
        if (directory is null)
        {
            return null;
        }

        if (_files.TryGetValue(module, out var known))
        {
            return known;
        }

        var path = Path.Combine(directory, module);
        try
        {
            known = File.Exists(path) ? TargetFile.Parse(path, module) : null;
        }
        catch (RefusedException refused) when (refused.Refusal.Code == ErrorCode.FileUnreadable)
        {
            context.Output.WriteWarning(refused.Message);
            known = null;
        }

        _files[module] = known;
        return known;
    }
}
