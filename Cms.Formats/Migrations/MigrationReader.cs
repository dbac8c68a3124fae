using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Uci;

namespace Cms.Formats.Migrations;

/// <summary>Makes migrations of their texts; <c>docs/migrations.md</c> says what is in them. Pure.</summary>
public static class MigrationReader
{
    private const string SectionType = "migration";

    /// <summary>Reads what the file <c>migration</c> says.</summary>
    /// <param name="name">What people call it, for messages: <c>auth-1.1.0/migration</c>.</param>
    /// <param name="text">The file; slices of it are kept.</param>
    /// <returns>The migration without schema and scripts.</returns>
    /// <exception cref="RefusedException">It is not legal; the message names the file and the rule.</exception>
    public static MigrationText ReadHead(string name, ReadOnlyMemory<byte> text)
    {
        RefusedException Illegal(string rule) => new(ErrorCode.InvalidArgument, $"{name}: {rule}");
        var package = UciPackage.TryParse(SectionType, text, UciReaderOptions.Default, _ => { }, out var error);
        if (package is null)
        {
            throw Illegal(error!.ToString());
        }

        if (package.SectionCount != 1 || package.Sections().First() is not { Type: SectionType, Name: { } module } section)
        {
            throw Illegal("it must have one section, config migration 'MODULE'");
        }

        foreach (var option in package.Options(section.Id))
        {
            if (option.Name is not ("from" or "to" or "description" or "requires") || (option.Value.IsList && option.Name != "requires"))
            {
                throw Illegal($"'{option.Name}' does not belong there like this; it takes option from, option to, option description and list requires");
            }
        }

        ConfigValue? Find(string option) => package.FindOption(section.Id, option)?.Value;
        SchemaVersion? Version(string option) => Find(option)?.GetText() is not { } version ? null
            : SchemaVersion.TryParse(version) ?? throw Illegal($"{option} '{version}' is no version: write MAJOR.MINOR.PATCH, such as 1.0.0");
        return new MigrationText(module, Version("from"), Version("to") ?? throw Illegal("it does not say which version it leads to: option to '1.1.0'"))
        {
            Description = Find("description")?.GetText() ?? "",
            Requires = Find("requires") is { } requires ? [.. Enumerable.Range(0, requires.Count).Select(requires.GetText)] : [],
        };
    }

    /// <summary>Takes a migration apart: its schema, its scripts, what it requires.</summary>
    /// <exception cref="RefusedException">Something in it is not legal; the message names the file, the place and the rule.</exception>
    public static Migration Read(MigrationText text)
    {
        var name = $"{text.Module}-{text.To}";
        if (text.From is { } from && from >= text.To)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"{name}: it leads from {from} to {text.To}, which is not later; raise the version it leads to");
        }

        var schema = ReadSchema(name, text);
        var requires = text.Requires.Select(each => MigrationRequirement.TryParse(each) ?? throw new RefusedException(
            ErrorCode.InvalidArgument, $"{name}: '{each}' is no requirement: write a module and the version that it needs, such as network>=1.2.0"));
        return new Migration(text.Module, text.From, schema, text.Schema)
        {
            Description = text.Description,
            Requires = RequiresOfOthers(name, text, requires.Concat(schema.MigrationRequirements)),
            Up = MigrationScript.Parse($"{name}/up", text.Module, text.Up),
            Down = MigrationScript.Parse($"{name}/down", text.Module, text.Down),
            UpText = text.Up,
            DownText = text.Down,
        };
    }

    // One for each module: the highest holds the others. What the module itself must have is said by the version that it is led from.
    private static List<MigrationRequirement> RequiresOfOthers(string name, MigrationText text, IEnumerable<MigrationRequirement> all)
    {
        var highest = all.GroupBy(each => each.Module, StringComparer.Ordinal).Select(group => group.MaxBy(each => each.Least)!).ToList();
        return highest.Find(each => each.Module == text.Module && (text.From is null || each.Least > text.From)) is { } own
            ? throw new RefusedException(
                ErrorCode.InvalidArgument,
                $"{name}: it requires {own} of its own module, which is at {text.From?.ToString() ?? "no version"} then; take that requirement away, since option from says which version it needs")
            : highest.FindAll(each => each.Module != text.Module);
    }

    private static ModuleSchema ReadSchema(string name, MigrationText text)
    {
        var schema = SchemaReader.TryRead(text.Schema.Span, out var mistakes);
        if (schema is null)
        {
            var refusal = SchemaReader.ToRefusal(mistakes);
            throw new RefusedException(refusal with { Message = $"{name}/schema: {refusal.Message}" });
        }

        return schema.Module == text.Module && schema.Version == text.To ? schema : throw new RefusedException(
            ErrorCode.InvalidArgument,
            $"{name}/schema: it is the schema of {schema.Module} {schema.Version}, and the migration leads to {text.Module} {text.To}; make the two agree");
    }
}
