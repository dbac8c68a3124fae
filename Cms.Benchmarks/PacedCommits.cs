using System.Diagnostics;

namespace Cms.Benchmarks;

/// <summary>The load that a writer puts on what is read: 1,000 commits a second, without keeping a processor busy between them.</summary>
internal static class PacedCommits
{
    private const int CommitsPerSecond = 1000;

    /// <summary>Commits until the input has a line or ends; then prints a line <c>COMMITS NANOSECONDS</c>.</summary>
    /// <param name="input">The parent's words.</param>
    /// <param name="output">Where the line goes.</param>
    /// <param name="commit">Makes one commit; is told how many were made before.</param>
    public static async Task RunAsync(TextReader input, TextWriter output, Action<long> commit)
    {
        var end = input.ReadLineAsync();
        var begun = Stopwatch.GetTimestamp();
        var commits = 0L;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!end.IsCompleted && await timer.WaitForNextTickAsync())
        {
            // A tick may come late, so every commit that is due is made.
            for (var due = (long)(Stopwatch.GetElapsedTime(begun).TotalSeconds * CommitsPerSecond); commits < due; commits++)
            {
                commit(commits);
            }
        }

        await output.WriteLineAsync(FormattableString.Invariant($"{commits} {Stopwatch.GetElapsedTime(begun).TotalNanoseconds:F0}"));
    }
}
