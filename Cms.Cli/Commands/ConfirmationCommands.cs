using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>confirm, extend and confirmations: commits that are rolled back unless they are confirmed.</summary>
internal static class ConfirmationCommands
{
    /// <summary>Lets commits stand: the only ones that wait, or those named.</summary>
    public static async Task ConfirmAsync(CommandContext context, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        foreach (var id in ids.Count == 0 ? [null] : ids.Cast<string?>())
        {
            var info = await context.Client.ConfirmAsync(id, cancellation);
            Print(context, info, $"{info.Id} is confirmed: {CommitsOf(info)}");
        }
    }

    /// <summary>Has a confirmation wait some seconds from now on.</summary>
    public static async Task ExtendAsync(CommandContext context, string? id, string seconds, CancellationToken cancellation)
    {
        if (!int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"'{seconds}' is no number of seconds");
        }

        var info = await context.Client.ExtendAsync(id, number, cancellation);
        Print(context, info, string.Create(CultureInfo.InvariantCulture, $"{info.Id} waits {info.RemainingSeconds:0} s from now: {CommitsOf(info)}"));
    }

    /// <summary>Prints the open confirmations with the time that is left, then those that have ended.</summary>
    public static async Task ListAsync(CommandContext context, CancellationToken cancellation)
    {
        var all = await context.Client.ConfirmationsAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(all, WireJson.Default.IReadOnlyListConfirmationInfo);
            return;
        }

        foreach (var info in all)
        {
            PrintLine(context, info);
        }
    }

    /// <summary>Prints how a confirmation stands.</summary>
    public static void PrintLine(CommandContext context, ConfirmationInfo info)
    {
        var left = info.RemainingSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s left") : info.State;
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{info.Id}  {info.Time:yyyy-MM-dd HH:mm:ss}Z  {info.Principal,-10} {left,-12} {CommitsOf(info)}"));
        foreach (var more in new[] { info.Probe is { } probe && info.State == "open" ? $"probe: {probe}" : null, info.Result, info.Problem }.OfType<string>())
        {
            context.Output.WriteLine($"  {more}");
        }
    }

    /// <summary>What to do about a commit that waits.</summary>
    public static string Advise(string confirmation, ConfirmRequest request) => string.Create(
        CultureInfo.InvariantCulture,
        $"; it is rolled back in {request.Seconds} s unless {(request.Probe is null ? "" : "the probe succeeds or ")}you confirm it: cms confirm {confirmation}");

    private static string CommitsOf(ConfirmationInfo info) =>
        string.Join(", ", info.Commits.Select(commit => string.Create(CultureInfo.InvariantCulture, $"{commit.Module} revision {commit.Revision}")));

    private static void Print(CommandContext context, ConfirmationInfo info, string text)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(info, WireJson.Default.ConfirmationInfo);
            return;
        }

        context.Output.WriteLine(text);
    }
}
