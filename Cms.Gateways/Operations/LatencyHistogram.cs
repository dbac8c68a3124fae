using System.Diagnostics;

namespace Cms.Gateways.Operations;

/// <summary>How many requests took how long.</summary>
/// <remarks>
/// Any thread may add; nothing is allocated and nothing is waited for. Each processor counts in cache lines of its own, since a
/// line that two processors take from each other costs more than all else that is done here.
/// </remarks>
internal sealed class LatencyHistogram
{
    // A power of two; processors beyond it share.
    private const int Stripes = 8;

    // 16 numbers are two cache lines, which is what processors fetch at once.
    private const int StripeLength = 32;
    private static readonly TimeSpan[] Bounds =
    [
        TimeSpan.FromMicroseconds(50), TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(250), TimeSpan.FromMicroseconds(500),
        TimeSpan.FromMilliseconds(1), TimeSpan.FromMicroseconds(2500), TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10),
        TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(250),
        TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(10),
    ];

    private static readonly long[] Ticks = [.. Bounds.Select(bound => (long)(bound.TotalSeconds * Stopwatch.Frequency))];
    private readonly long[] _counts = new long[Stripes * StripeLength];

    /// <summary>The greatest durations of all buckets but the last, in seconds.</summary>
    public static IReadOnlyList<double> BoundsInSeconds { get; } = [.. Bounds.Select(bound => bound.TotalSeconds)];

    /// <summary>Counts one.</summary>
    /// <param name="elapsed">In ticks of <see cref="Stopwatch"/>.</param>
    public void Add(long elapsed)
    {
        var bucket = 0;
        while (bucket < Ticks.Length && elapsed > Ticks[bucket])
        {
            bucket++;
        }

        var stripe = (Thread.GetCurrentProcessorId() & (Stripes - 1)) * StripeLength;
        Interlocked.Increment(ref _counts[stripe + bucket]);
        Interlocked.Add(ref _counts[stripe + StripeLength - 1], elapsed);
    }

    /// <summary>What was counted so far.</summary>
    /// <returns>How many are in each bucket, the one without a bound last, and how long all took together.</returns>
    public (IReadOnlyList<long> Counts, double SumInSeconds) Read()
    {
        var counts = new long[Ticks.Length + 1];
        var sum = 0L;
        for (var stripe = 0; stripe < _counts.Length; stripe += StripeLength)
        {
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                counts[bucket] += Interlocked.Read(ref _counts[stripe + bucket]);
            }

            sum += Interlocked.Read(ref _counts[stripe + StripeLength - 1]);
        }

        return (counts, (double)sum / Stopwatch.Frequency);
    }
}
