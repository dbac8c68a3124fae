using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;

namespace Cms.Cli.Commands;

/// <summary>schema register, list, show and diff.</summary>
internal static class SchemaCommands
{
    /// <summary>Registers the schemas in files.</summary>
    public static async Task RegisterAsync(CommandContext context, IReadOnlyList<string> paths, string? message, CancellationToken cancellation)
    {
        // A mistake in the last file should not leave the first ones registered.
        var schemas = paths.Select(path => (Path: path, Text: TargetFile.Read(path))).Select(file => (file.Text, Schema: SchemaReader.Read(file.Text))).ToList();
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
        var listed = (module is null ? context.Modules() : [module]).Select(each => (Module: each, Heads: Read(context, each, SchemaTable.ReadHeads)))
            .Where(each => each.Heads.Count > 0).ToList();
        if (context.Output.IsJson)
        {
            context.Output.WriteJson([.. listed.Select(each => ReplyOf(context, each.Module, version: null))], WireJson.Default.IReadOnlyListSchemaReply);
            return;
        }

        foreach (var (name, heads) in listed)
        {
            foreach (var head in module is null ? [heads[^1]] : heads)
            {
                var migration = head.Migration is { } ran ? $"  migrated: {ran.Description}" : "";
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20} {head.Version,-10} since revision {head.Registered}{migration}").TrimEnd());
            }
        }
    }

    /// <summary>Prints a schema as UCI text.</summary>
    public static void Show(CommandContext context, string module, string? version)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(ReplyOf(context, module, version), WireJson.Default.SchemaReply);
        }
        else
        {
            context.Output.Write(TextOf(context, module, version).Span);
        }
    }

    /// <summary>Prints in what two schemas differ: versions, or a version and a file.</summary>
    public static void Diff(CommandContext context, string module, string? from, string? to)
    {
        var after = FindText(context, module, to);
        var before = from is null && to is null ? Read(context, module, TextBeforeNewest) : FindText(context, module, from);
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

    private static SchemaReply ReplyOf(CommandContext context, string module, string? version) => Read(context, module, view =>
    {
        var heads = SchemaTable.ReadHeads(view);
        return SchemaReply.Of(module, SchemaTable.ReadAt(view, SchemaReply.Find(module, heads, version)), heads);
    });

    private static ReadOnlyMemory<byte> TextOf(CommandContext context, string module, string? version) => Read(context, module, view =>
        SchemaTable.ReadAt(view, SchemaReply.Find(module, SchemaTable.ReadHeads(view), version)).Text);

    private static ReadOnlyMemory<byte> TextBeforeNewest(IModuleView view) =>
        SchemaTable.ReadHeads(view).Count is var count and > 1 ? SchemaTable.ReadAt(view, count - 2).Text : default;

    private static ReadOnlyMemory<byte> FindText(CommandContext context, string module, string? which) =>
        which is not null && SchemaVersion.TryParse(which) is null ? TargetFile.Read(which) : TextOf(context, module, which);

    private static T Read<T>(CommandContext context, string module, Func<IModuleView, T> read)
    {
        var session = context.Session(module);
        return session.Read(() => read(session.Committed));
    }
}
