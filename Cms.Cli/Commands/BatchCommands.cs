using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Cli.Commands;

/// <summary>batch: statements, one a line or apart by semicolons, in UCI's quoting; <c>#</c> starts a comment.</summary>
/// <remarks>Runs to the end or to the first statement that is refused; the message names the line.</remarks>
internal static class BatchCommands
{
    private const int MaxLineSizeBytes = 64 << 20;

    public static async Task<int> RunAsync(CommandContext context, string? path, CancellationToken cancellation)
    {
        if (path is not null && !File.Exists(path))
        {
            throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.file", path));
        }

        await using var file = path is null ? null : File.OpenRead(path);
        using var progress = context.Output.Progress(isReadingInput: path is null);
        await using var text = new ProgressStream(file ?? context.Input, progress, "lines");
        var lines = new UciWordReader(text, UciDialect.Cms, MaxLineSizeBytes);
        while (lines.NextLine())
        {
            while (!lines.PeekKeyword().IsEmpty)
            {
                var exitCode = await RunStatementAsync(context, lines, cancellation);
                if (exitCode != ExitCodes.Success)
                {
                    return exitCode;
                }
            }
        }

        return ExitCodes.Success;
    }

    private static async Task<int> RunStatementAsync(CommandContext context, UciWordReader lines, CancellationToken cancellation)
    {
        try
        {
            var words = TakeWords(lines);
            return words.Count == 0 ? ExitCodes.Success : await Statements.RunAsync(context, words, cancellation);
        }
        catch (RefusedException refused)
        {
            await context.SaveAsync(cancellation);
            throw new RefusedException(refused.Refusal with { Message = $"line {lines.Line}: {refused.Refusal.Message}" });
        }
    }

    private static List<ReadOnlyMemory<byte>> TakeWords(UciWordReader lines)
    {
        var words = new List<ReadOnlyMemory<byte>>();
        while (lines.TryNextWord(out var word))
        {
            if (word.IsEmpty)
            {
                return words;
            }

            words.Add(lines.MemoryOf(word).ToArray());
        }

        throw new RefusedException(ErrorCode.InvalidArgument, lines.Error!.ToString());
    }
}
