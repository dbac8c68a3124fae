using System.Diagnostics;

namespace Cms.Benchmarks;

/// <summary>How long each repetition of one thing took. One thread.</summary>
internal sealed class Sample
{
    private readonly List<TimeSpan> _times = [];

    /// <summary>The middle one.</summary>
    public TimeSpan Median => Percentile(50);

    /// <summary>Notes what began at a timestamp of <see cref="Stopwatch"/> and ended now.</summary>
    public void AddSince(long start) => Add(Stopwatch.GetElapsedTime(start));

    /// <summary>Notes one repetition.</summary>
    public void Add(TimeSpan time) => _times.Add(time);

    /// <summary>The shortest time that is not exceeded by this part of the repetitions.</summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public TimeSpan Percentile(int percent)
    {
        var ordered = _times.Order().ToList();
        return ordered[(((ordered.Count * percent) + 99) / 100) - 1];
    }
}
