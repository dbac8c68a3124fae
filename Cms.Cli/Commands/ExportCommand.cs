using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Cli.Transfer;
using Cms.Client.Documents;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;

namespace Cms.Cli.Commands;

/// <summary>export: modules as texts, from the segments and the session; no daemon needed.</summary>
internal static class ExportCommand
{
    /// <summary>Prints modules.</summary>
    /// <param name="context">The node.</param>
    /// <param name="names">Which; all when there is none.</param>
    /// <param name="format">How; null for what the caller wants answers to be.</param>
    /// <param name="isCommitted">Whether what is staged is left out.</param>
    public static void Run(CommandContext context, IReadOnlyList<string> names, TransferFormat? format, bool isCommitted)
    {
        var chosen = format ?? context.Output.Format switch
        {
            OutputFormat.Json => TransferFormat.Json,
            OutputFormat.Yaml => TransferFormat.Yaml,
            _ => TransferFormat.Uci,
        };
        var modules = names.Count == 0 ? context.Modules() : names;
        using var progress = context.Output.Progress();
        if (chosen != TransferFormat.Uci)
        {
            var documents = modules.Select(module => Sign(context, Read(context, module, isCommitted, progress), isCommitted, isDocument: true)).ToList();
            context.Output.Write(TransferText.Write(documents, chosen, isOne: names.Count == 1).Span);
            return;
        }

        foreach (var module in modules)
        {
            var document = Sign(context, Read(context, module, isCommitted, progress), isCommitted, isDocument: false);
            context.Output.Write(TransferText.Write([document], chosen, isOne: true).Span);
            context.Output.Flush();
        }
    }

    // The key is the daemon's alone, and it signs only what is committed.
    private static ModuleDocument Sign(CommandContext context, ModuleDocument document, bool isCommitted, bool isDocument)
    {
        var session = context.Session(document.Module!);
        if (context.Server is null && session.Read(() => SchemaTable.TryReadSchema(session.Committed))?.Settings.ShaKey is null)
        {
            return document;
        }

        var reply = context.Client.Sign(document.Module!, document.Content.Revision.Value, isDocument, session.IsRevealed);
        var isStaged = !isCommitted && session.Operations.Count > 0;
        if (reply.Key is not null && (isStaged || reply.Signature is null))
        {
            context.Output.WriteWarning(Text.Of(isStaged ? "unsigned.staged" : "unsigned.part", document.Module!));
        }

        return isStaged ? document : document with { Signature = reply.Signature };
    }

    /// <summary>A module with all that a document can hold.</summary>
    /// <param name="context">The node.</param>
    /// <param name="module">Its name.</param>
    /// <param name="isCommitted">Whether what is staged is left out.</param>
    /// <param name="progress">Where it is told how far this is.</param>
    public static ModuleDocument Read(CommandContext context, string module, bool isCommitted, ProgressLine progress)
    {
        var session = context.Session(module);
        return session.Read(() =>
        {
            progress.Show(new Progress($"reading {module}", 0, ""));
            return new ModuleDocument(module, StoredModule.CopyOf(isCommitted ? session.Committed : session.Staged)) { HasTables = true };
        });
    }
}
