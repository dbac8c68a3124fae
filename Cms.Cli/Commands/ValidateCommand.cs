using System.Globalization;
using System.Text.Json;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Commands;

/// <summary>validate: compares modules as readers see them, or text files, with schemas; needs no daemon.</summary>
/// <param name="context">The invocation.</param>
/// <param name="schemaFile">The schema of all targets; null for each one's own.</param>
internal sealed class ValidateCommand(CommandContext context, string? schemaFile)
{
    private const int MostOfModule = 10_000;

    private readonly ModuleSchema? _schema = schemaFile is null ? null : SchemaReader.Read(TargetFile.Read(schemaFile));
    private readonly List<Finding> _findings = [];

    /// <summary>Compares the targets, each a module or a file; without any all modules that have a schema.</summary>
    /// <returns>The exit code.</returns>
    public int Run(IReadOnlyList<string> targets)
    {
        foreach (var target in targets)
        {
            Validate(target);
        }

        if (targets.Count == 0)
        {
            ValidateAll();
        }

        Print();
        return _findings.Any(finding => finding.Violations.Count > 0) ? ErrorCodes.Of(ErrorCode.SchemaViolated).ExitCode : ExitCodes.Success;
    }

    private void ValidateAll()
    {
        if (!Directory.Exists(context.Paths.SegmentDirectory))
        {
            throw new RefusedException(ErrorCode.Unavailable, $"no node has run with {context.Paths.RunDirectory}; start cmsd, set CMS_RUN_DIRECTORY, or name a file");
        }

        foreach (var module in context.Modules())
        {
            ValidateModule(module, isWanted: false);
        }
    }

    private void Validate(string target)
    {
        if (!target.Contains('/', StringComparison.Ordinal) && File.Exists(context.Paths.SegmentOf(target)))
        {
            ValidateModule(target, isWanted: true);
        }
        else if (File.Exists(target))
        {
            ValidateFile(target);
        }
        else
        {
            throw new RefusedException(ErrorCode.NotFound, $"there is neither a module nor a file '{target}'; cms list prints the modules");
        }
    }

    private void ValidateModule(string module, bool isWanted)
    {
        var session = context.Session(module);
        var finding = session.Read(() => Find(module, session.Committed, _schema ?? SchemaOf(module, session.Committed), new OtherModules(context, null)));
        Take(module, finding, isWanted);
    }

    private void ValidateFile(string path)
    {
        var module = _schema?.Module ?? Path.GetFileName(path);
        var view = TargetFile.Parse(path, module);
        var registered = _schema is null && File.Exists(context.Paths.SegmentOf(module)) ? context.Session(module) : null;
        var schema = _schema ?? registered?.Read(() => SchemaOf(module, registered.Committed)) ?? Shipped(module);
        var directory = Path.GetDirectoryName(Path.GetFullPath(path));
        Take(path, Find(path, view, schema, new OtherModules(context, directory)), isWanted: true);
    }

    private void Take(string target, Finding? finding, bool isWanted)
    {
        if (finding is not null)
        {
            _findings.Add(finding);
        }
        else if (isWanted)
        {
            throw new RefusedException(ErrorCode.NotFound, $"'{target}' has no schema; name one with --schema FILE, or see cms schema register");
        }
    }

    private static Finding? Find(string target, IModuleView view, ModuleSchema? schema, IReferenceTargets others) =>
        schema is null ? null : new Finding(target, schema, SchemaValidator.ValidateAll(view, schema, others, MostOfModule));

    private static ModuleSchema? SchemaOf(string module, IModuleView view) =>
        SchemaTable.ReadSchema(view) ?? Shipped(module);

    private static ModuleSchema? Shipped(string module) => ShippedSchemas.Find(module) is { } path ? SchemaReader.Read(TargetFile.Read(path)) : null;

    private void Print()
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(WriteJson);
            return;
        }

        foreach (var finding in _findings)
        {
            foreach (var violation in finding.Violations)
            {
                context.Output.WriteLine(violation.ToString());
            }

            context.Output.WriteLine(finding.Summary);
        }
    }

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var finding in _findings)
        {
            json.WriteStartObject();
            json.WriteString("target", finding.Target);
            json.WriteString("module", finding.Schema.Module);
            json.WriteString("version", finding.Schema.Version.ToString());
            json.WriteStartArray("violations");
            foreach (var violation in finding.Violations)
            {
                json.WriteStartObject();
                json.WriteString("path", violation.Path);
                json.WriteString("rule", violation.Rule);
                json.WriteString("value", violation.Value);
                json.WriteString("hint", violation.Hint);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private sealed record Finding(string Target, ModuleSchema Schema, IReadOnlyList<Violation> Violations)
    {
        public string Summary => string.Create(
            CultureInfo.InvariantCulture,
            $"{Target}: {(Violations.Count == 0 ? "as" : Violations.Count == 1 ? "1 violation of" : $"{Violations.Count}{(Violations.Count == MostOfModule ? " or more" : "")} violations of")} schema {Schema.Module} {Schema.Version}{(Violations.Count == 0 ? " has it" : "")}");
    }
}
