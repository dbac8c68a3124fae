using System.Globalization;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>batch --atomic and batch --bulk: the daemon takes the text apart and commits it; nothing is staged.</summary>
internal static class BulkCommand
{
    public static async Task<int> RunAsync(CommandContext context, string? path, BulkOptions options, CancellationToken cancellation)
    {
        if (path is not null && !File.Exists(path))
        {
            throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.file", path));
        }

        await using var file = path is null ? null : File.OpenRead(path);
        using var progress = context.Output.Progress(isReadingInput: path is null);
        await using var text = new ProgressStream(file ?? context.Input, progress, "lines");
        try
        {
            var result = await progress.WatchAsync("committing", context.Client.BulkAsync(text, options, cancellation));
            progress.Clear();
            return Print(context, result, options.IsAtomic);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            progress.Clear();
            context.Output.WriteFailure(options.IsAtomic
                ? "interrupted: outcome not known; the same text under the same --request-id is carried out once"
                : "interrupted: some groups are committed; the same text under the same --request-id goes on behind them");
            return ExitCodes.Interrupted;
        }
    }

    private static int Print(CommandContext context, BulkResult result, bool isAtomic)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(result.Done, WireJson.Default.BulkReply);
        }
        else
        {
            foreach (var module in result.Done.Modules)
            {
                context.Output.WriteLine($"{module.Module}: revision {module.Revision}, {Count(module.Operations, "operation")}");
            }
        }

        if (result.Refusal is null)
        {
            return ExitCodes.Success;
        }

        var lines = result.Done.Lines;
        var kept = isAtomic ? "nothing is committed" : lines == 0 ? "nothing before it is committed" : $"everything up to line {lines.ToString(CultureInfo.InvariantCulture)} is committed";
        context.Output.WriteRefusal(result.Refusal with { Message = $"{result.Refusal.Message}; {kept}" });
        return ExitCodes.Of(result.Refusal);
    }

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
