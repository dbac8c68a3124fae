using System.Globalization;
using System.Text.Json;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Commands;

/// <summary>schema check: says what is wrong with schemas in files; needs no daemon.</summary>
internal static class SchemaCheckCommand
{
    /// <summary>Checks the files, all of them.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(CommandContext context, IReadOnlyList<string> paths)
    {
        var checks = paths.Select(path => (Path: path, Schema: SchemaReader.TryRead(TargetFile.Read(path), out var mistakes), Mistakes: mistakes)).ToList();
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                checks.ForEach(check => WriteJson(json, check.Path, check.Schema, check.Mistakes));
                json.WriteEndArray();
            });
        }
        else
        {
            checks.ForEach(check => Print(context, check.Path, check.Schema, check.Mistakes));
        }

        return checks.Exists(check => check.Schema is null) ? ErrorCodes.Of(ErrorCode.InvalidArgument).ExitCode : ExitCodes.Success;
    }

    private static void Print(CommandContext context, string path, ModuleSchema? schema, IReadOnlyList<SchemaMistake> mistakes)
    {
        foreach (var mistake in mistakes)
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}:{mistake.Line}: {mistake.Message}"));
        }

        if (schema is not null)
        {
            var fields = schema.Types.SelectMany(type => type.OwnFields).Concat(schema.FieldsOfAll).Distinct().Count();
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: schema {schema.Module} {schema.Version}, section types: {schema.Types.Count}, fields: {fields}, tables: {schema.Tables.Count}"));
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string path, ModuleSchema? schema, IReadOnlyList<SchemaMistake> mistakes)
    {
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteString("module", schema?.Module);
        json.WriteString("version", schema?.Version.ToString());
        json.WriteStartArray("mistakes");
        foreach (var mistake in mistakes)
        {
            json.WriteStartObject();
            json.WriteNumber("line", mistake.Line);
            json.WriteString("message", mistake.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
