using System.Globalization;

namespace Cms.Tests.Simulation;

/// <summary>What happened in a simulation: a hash over all of it, and the last lines for people.</summary>
internal sealed class Trace(SimulatedClock clock)
{
    private const int KeptLines = 80;
    private readonly Queue<string> _lines = [];
    private ulong _hash = 14695981039346656037;

    /// <summary>How many lines there were.</summary>
    public int Count { get; private set; }

    /// <summary>Of every line so far, in order.</summary>
    public ulong Hash => _hash;

    /// <summary>The last lines, oldest first.</summary>
    public string Tail => string.Join('\n', _lines);

    public void Add(string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{clock.Now.TotalMilliseconds,12:F3} ms  {what}");
        Count++;
        unchecked
        {
            foreach (var character in line)
            {
                _hash = (_hash ^ character) * 1099511628211;
            }
        }

        _lines.Enqueue(line);
        if (_lines.Count > KeptLines)
        {
            _lines.Dequeue();
        }
    }
}
