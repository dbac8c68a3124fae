using System.Diagnostics;
using System.Globalization;
using Cms.Tests.Nodes;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>Cuts the power at many points of a recording and starts real programs on what is left.</summary>
internal static class PowerCutSearch
{
    private const int Parallel = 4;

    // Every so many points go to processes of their own, cmsd and uci; the others to a node inside this one.
    private const int ProcessShare = 16;

    /// <summary>Seconds that a search of points may take; the variable <c>CMS_FAULTS_SECONDS</c> gives it more or less.</summary>
    private const int DefaultSeconds = 40;

    /// <summary>So many points are tried however long that takes.</summary>
    private const int LeastPoints = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How long the search may take.</summary>
    public static TimeSpan Budget => TimeSpan.FromSeconds(Number("CMS_FAULTS_SECONDS") ?? DefaultSeconds);

    /// <summary>The seed that orders the points: of <c>CMS_FAULTS_SEED</c>, or another each time.</summary>
    public static int Seed => Number("CMS_FAULTS_SEED") ?? Environment.TickCount;

    /// <summary>Tries points until one shows a problem or the time is over.</summary>
    /// <returns>The problem with all that is needed to see it again, or null; and how many points were tried.</returns>
    public static async Task<(string? Problem, int Count)> FindProblemAsync(Recording recording, string name, int seed, TimeSpan budget)
    {
        var started = Stopwatch.GetTimestamp();
        var problems = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var count = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = Token };
        await System.Threading.Tasks.Parallel.ForEachAsync(recording.Points(seed), options, async (point, _) =>
        {
            if (!problems.IsEmpty || (Volatile.Read(ref count) >= LeastPoints && Stopwatch.GetElapsedTime(started) > budget))
            {
                return;
            }

            if (await FindProblemAsync(recording, point) is { } problem)
            {
                problems.Enqueue($"{name}, seed {seed}, {point}: {problem}");
            }

            Interlocked.Increment(ref count);
        });
        if (problems.TryPeek(out var found))
        {
            var kept = Path.Combine(Repository.Root, "artifacts", "faults", name);
            recording.SaveTo(kept);
            return ($"{found}\nThe recording is kept in {kept}", count);
        }

        return (null, count);
    }

    /// <summary>Cuts the power at one point, and starts first <c>uci</c>, then <c>cmsd</c>, each on a disk of its own.</summary>
    public static async Task<string?> FindProblemAsync(Recording recording, PowerCut point)
    {
        var check = new RestartCheck(recording.Ledger, point.Position);
        if (point.Seed % ProcessShare is 0 or 2)
        {
            var root = Directory.CreateTempSubdirectory("cms-cut-").FullName;
            try
            {
                point.WriteTo(recording, root);
                if (await check.FindUciProblemAsync(root) is { } problem)
                {
                    return problem;
                }
            }
            finally
            {
                Directory.Delete(root, recursive: true);
            }
        }

        await using ILocalNode node = point.Seed % ProcessShare == 0 ? new NodeProcess() : new RebuiltNode();
        Directory.Delete(Path.Combine(node.Root, "config"));
        point.WriteTo(recording, node.Root);
        return await check.FindProblemAsync(node);
    }

    /// <summary>The number in a variable of the environment, or null.</summary>
    public static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
