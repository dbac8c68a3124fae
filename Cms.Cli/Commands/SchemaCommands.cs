using System.Globalization;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Commands;

/// <summary>schema register, list, show and diff.</summary>
internal static class SchemaCommands
{
    /// <summary>Registers the schemas in files.</summary>
    public static async Task RegisterAsync(CommandContext context, IReadOnlyList<string> paths, string? message, CancellationToken cancellation)
    {
        // A mistake in the last file should not leave the first ones registered.
        var schemas = paths.Select(path => (Path: path, Text: ReadFile(path))).Select(file => (file.Text, Schema: SchemaReader.Read(file.Text))).ToList();
        foreach (var (text, schema) in schemas)
        {
            var reply = await context.Client.RegisterSchemaAsync(schema.Module, text, message, cancellation);
            if (context.Output.IsJson)
            {
                context.Output.WriteJson(reply, WireJson.Default.CommitReply);
            }
            else
            {
                context.Output.WriteLine(reply.Changes == 0
                    ? $"{schema.Module} has schema {schema.Version} already"
                    : string.Create(CultureInfo.InvariantCulture, $"{schema.Module} has schema {schema.Version} since revision {reply.Revision}"));
            }
        }
    }

    /// <summary>Prints which modules have a schema, of which version; of one module all versions.</summary>
    public static void List(CommandContext context, string? module)
    {
        var listed = (module is null ? context.Modules() : [module]).Select(each => (Module: each, Editions: Editions(context, each)))
            .Where(each => each.Editions.Count > 0).ToList();
        if (context.Output.IsJson)
        {
            context.Output.WriteJson([.. listed.Select(each => SchemaReply.Of(each.Module, each.Editions[^1], each.Editions))], WireJson.Default.IReadOnlyListSchemaReply);
            return;
        }

        foreach (var (name, editions) in listed)
        {
            foreach (var edition in module is null ? [editions[^1]] : editions)
            {
                var migration = edition.Migration is { } ran ? $"  migrated: {ran.Description}" : "";
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20} {edition.Version,-10} since revision {edition.Registered}{migration}").TrimEnd());
            }
        }
    }

    /// <summary>Prints a schema as UCI text.</summary>
    public static void Show(CommandContext context, string module, string? version)
    {
        var editions = Editions(context, module);
        var shown = SchemaReply.Find(module, editions, version);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(SchemaReply.Of(module, shown, editions), WireJson.Default.SchemaReply);
        }
        else
        {
            context.Output.Write(shown.Text.Span);
        }
    }

    /// <summary>Prints in what two schemas differ: versions, or a version and a file.</summary>
    public static void Diff(CommandContext context, string module, string? from, string? to)
    {
        var editions = Editions(context, module);
        var after = TextOf(module, editions, to);
        var before = from is null && to is null ? editions.Count > 1 ? editions[^2].Text : default : TextOf(module, editions, from);
        var differences = SchemaDifference.Between(before, after);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(differences, WireJson.Default.IReadOnlyListSchemaDifference);
            return;
        }

        foreach (var difference in differences)
        {
            context.Output.WriteLine(difference switch
            {
                { Before: null, After: "" } => $"+ {difference.Path}",
                { Before: "", After: null } => $"- {difference.Path}",
                { Before: null } => $"+ {difference.Path} '{difference.After}'",
                { After: null } => $"- {difference.Path} '{difference.Before}'",
                _ => $"~ {difference.Path} '{difference.Before}' -> '{difference.After}'",
            });
        }
    }

    private static byte[] ReadFile(string path) => File.Exists(path)
        ? File.ReadAllBytes(path)
        : throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.file", path));

    private static IReadOnlyList<SchemaEdition> Editions(CommandContext context, string module)
    {
        var session = context.Session(module);
        return session.Read(() => SchemaTable.ReadAll(session.Committed));
    }

    private static ReadOnlyMemory<byte> TextOf(string module, IReadOnlyList<SchemaEdition> editions, string? which) =>
        which is not null && SchemaVersion.TryParse(which) is null ? ReadFile(which) : SchemaReply.Find(module, editions, which).Text;
}
