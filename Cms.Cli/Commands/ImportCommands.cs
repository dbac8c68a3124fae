using System.Text.Json;
using Cms.Cli.Encryption;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Cli.Transfer;
using Cms.Client;
using Cms.Client.Documents;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>import: the daemon makes modules what a text says.</summary>
internal static class ImportCommands
{
    private const int LongestText = int.MaxValue - 64;

    /// <summary>Imports one module, or all that a text names, all or nothing.</summary>
    /// <param name="context">The node.</param>
    /// <param name="source">Where the text is and how it is written.</param>
    /// <param name="module">The module; null when the text names its modules.</param>
    /// <param name="options">How it is imported.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task RunAsync(CommandContext context, TransferSource source, string? module, ImportOptions options, CancellationToken cancellation)
    {
        if (context.Transaction is not null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "an import is a commit of its own and no part of a transaction; unset CMS_TRANSACTION, or use set and add");
        }

        using var progress = context.Output.Progress(isReadingInput: source.Path is null or "-");
        var text = source.Identity is null
            ? await ReadAsync(context, source.Path, progress, cancellation)
            : await CmsdProcess.DecryptAsync(source.Identity, source.Path, cancellation);
        var format = source.Format ?? TransferFormats.Guess(text);
        if (format == TransferFormat.Uci && module is not null)
        {
            using var uci = new MemoryStream(text.Array!, text.Offset, text.Count, writable: false);
            await using var sent = new ProgressStream(uci, progress, "lines");
            var only = await progress.WatchAsync("committing", context.Client.ImportTextAsync(module, sent, options, cancellation));
            progress.Clear();
            NodeCommands.PrintReply(context, module, only);
            return;
        }

        var reply = await SendAsync(context.Client, TransferText.Read(text, format, module), options, progress, cancellation);
        if (module is null)
        {
            TransactionCommands.PrintReply(context, reply);
        }
        else
        {
            NodeCommands.PrintReply(context, module, reply.Modules[module]);
        }
    }

    /// <summary>Has the daemon make modules what documents say, all or nothing.</summary>
    public static async Task<TransactionCommitReply> SendAsync(
        CmsClient client, IReadOnlyList<ModuleDocument> documents, ImportOptions options, ProgressLine progress, CancellationToken cancellation)
    {
        using var document = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(document, DocumentWriter.Style with { Indented = false }))
        {
            DocumentWriter.WriteAll(writer, documents);
        }

        document.Position = 0;
        await using var sent = new ProgressStream(document, progress, "");
        var reply = await progress.WatchAsync("committing", client.ImportDocumentAsync(sent, options, cancellation));
        progress.Clear();
        return reply;
    }

    /// <summary>A whole file, or all of standard input.</summary>
    /// <exception cref="RefusedException">There is no such file, or it is encrypted.</exception>
    public static async Task<ArraySegment<byte>> ReadAsync(CommandContext context, string? path, ProgressLine progress, CancellationToken cancellation)
    {
        if (path is not null and not "-" && !File.Exists(path))
        {
            throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.file", path));
        }

        await using var file = path is null or "-" ? null : File.OpenRead(path);
        if (file?.Length > LongestText)
        {
            throw new RefusedException(ErrorCode.TooLarge, $"the file '{path}' has {file.Length} bytes; the most is {LongestText}");
        }

        using var text = new MemoryStream((int)(file?.Length ?? 0));
        await progress.WatchAsync("reading", CopyAsync(file ?? context.Input, text, cancellation));
        var read = new ArraySegment<byte>(text.GetBuffer(), 0, (int)text.Length);
        return read.AsSpan().StartsWith("CMSENCR"u8)
            ? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.encrypted", path ?? "-"))
            : read;
    }

    private static async Task<bool> CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        await from.CopyToAsync(to, cancellation);
        return true;
    }
}
