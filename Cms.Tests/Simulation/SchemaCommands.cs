using System.Globalization;
using System.Text;
using Cms.Actors.Modules;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>Makes up schemas whose fields name sections of the next module, and values for those fields.</summary>
/// <remarks>Each module refers to the next and the last to the first, so that commits which need others need them in a circle.</remarks>
internal sealed class SchemaCommands(Random random, string client, IReadOnlyList<string> modules)
{
    private const string Field = "link";
    private int _versions;

    /// <summary>A schema or a value.</summary>
    public AskedPart Next(string module, string requestId)
    {
        var origin = new CommitOrigin(client, SimulatedClient.Gateway, requestId, requestId);
        return random.Next(8) == 0 ? Schema(module, origin) : Link(module, origin);
    }

    private AskedPart Schema(string module, CommitOrigin origin)
    {
        var version = new SchemaVersion(1, random.Next(1000), _versions++);
        var isEmpty = random.Next(3) == 0;
        var field = $"""

            config field
            	option name '{Field}'
            	option list 'both'
            	option validation 'ref:{NextOf(module)}.{NextType()}'

            """;
        var text = Encoding.UTF8.GetBytes($"config module '{module}'\n\toption version '{version}'\n{(isEmpty ? "" : field)}");
        var change = new ModuleCommand.ChangeSchema(origin, new SchemaChange(new SchemaEdition(version, text)));
        return new AskedPart(module, change, $"schema {version}{(isEmpty ? " without links" : "")}")
        {
            Check = (_, after) => SchemaTable.ReadNewest(after)?.Version == version ? null : $"the schema is {SchemaTable.ReadNewest(after)?.Version}",
        };
    }

    private AskedPart Link(string module, CommitOrigin origin)
    {
        var (section, target) = (NextSection(), NextSection());
        var selector = new SectionSelector.ByName(section);
        ModuleOperation operation = random.Next(3) == 0
            ? new ModuleOperation.DeleteOption(selector, Field)
            : new ModuleOperation.SetOption(selector, Field, ConfigValue.FromText(target));
        return new AskedPart(module, new ModuleCommand.Edit(origin, [operation]), operation.ToString());
    }

    private string NextOf(string module) => modules[(modules.ToList().IndexOf(module) + 1) % modules.Count];

    private string NextSection() => string.Create(CultureInfo.InvariantCulture, $"s{random.Next(5)}");

    private string NextType() => string.Create(CultureInfo.InvariantCulture, $"type{random.Next(3)}");
}
