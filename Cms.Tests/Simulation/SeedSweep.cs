using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace Cms.Tests.Simulation;

/// <summary>What <c>make sim</c> runs: as many seeds as it is told, on as many threads as there are processors.</summary>
public sealed class SeedSweep(ITestOutputHelper output)
{
    private const int MostFailuresShown = 10;
    private const int SeedsBetweenTellings = 1000;

    [Fact(Explicit = true)]
    public void Seeds()
    {
        var first = Setting("CMS_SIM_SEED", 1);
        var count = Setting("CMS_SIM_COUNT", 10_000);
        var failures = Run(first, count, done => output.WriteLine($"{done} of {count} seeds"));
        output.WriteLine($"{count} seeds from {first}, {failures.Count} failed: {string.Join(' ', failures.Select(failure => failure.Seed))}");
        if (count == 1)
        {
            output.WriteLine(Describe(failures.Count > 0 ? failures[0] : SimulationRun.Of(first)));
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Take(MostFailuresShown).Select(failure => failure.Failure)));
    }

    /// <summary>What tells one simulation from another.</summary>
    internal static string Describe(SimulationResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"seed {result.Seed}: {result.TraceLines} lines of trace, hash {result.TraceHash:x16}");

    /// <summary>Runs seeds, each simulation on one thread of its own.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="tell">Hears now and then how many were begun.</param>
    /// <returns>Those that failed, by seed.</returns>
    internal static IReadOnlyList<SimulationResult> Run(int first, int count, Action<int> tell)
    {
        var failures = new ConcurrentBag<SimulationResult>();
        var next = first - 1;
        var threads = Enumerable.Range(0, Math.Min(count, Environment.ProcessorCount)).Select(_ => new Thread(() =>
        {
            for (var seed = Interlocked.Increment(ref next); seed < first + count; seed = Interlocked.Increment(ref next))
            {
                var result = SimulationRun.Of(seed);
                if (result.Failure is not null)
                {
                    failures.Add(result);
                }

                if ((seed - first + 1) % SeedsBetweenTellings == 0)
                {
                    tell(seed - first + 1);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. failures.OrderBy(failure => failure.Seed)];
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
