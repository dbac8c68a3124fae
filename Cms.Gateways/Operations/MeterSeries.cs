using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Cms.Gateways.Operations;

/// <summary>What one instrument has counted, by its labels.</summary>
/// <remarks>Any thread may add and read.</remarks>
internal sealed class MeterSeries(Instrument instrument)
{
    // Who makes labels of what callers send would fill the memory; the meters here do not, and this holds them to it.
    private const int MostCells = 1000;
    private readonly ConcurrentDictionary<string, Cell> _cells = new(StringComparer.Ordinal);
    private readonly Cell _unlabelled = new([]);
    private readonly bool _isAddedUp = instrument.GetType().GetGenericTypeDefinition() is var type && (type == typeof(Counter<>) || type == typeof(UpDownCounter<>));
    private bool _isUnlabelledUsed;

    /// <summary>Which instrument.</summary>
    public Instrument Instrument => instrument;

    /// <summary>Whether it only adds up, has a newest value, or tells how values are spread.</summary>
    public string Kind { get; } =
        instrument.GetType().GetGenericTypeDefinition() is var type && type == typeof(Histogram<>) ? "histogram"
        : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? "counter" : "gauge";

    /// <summary>Each set of labels with what was counted.</summary>
    public IEnumerable<(IReadOnlyList<KeyValuePair<string, string>> Labels, double Value, LatencyHistogram? Latencies)> All =>
        (_isUnlabelledUsed ? _cells.Values.Prepend(_unlabelled) : _cells.Values)
            .Select(cell => (cell.Labels, BitConverter.Int64BitsToDouble(Interlocked.Read(ref cell.Bits)), cell.Latencies));

    /// <summary>Counts one measurement.</summary>
    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var cell = tags.IsEmpty ? _unlabelled : FindCell(tags);
        _isUnlabelledUsed |= tags.IsEmpty;
        if (Kind == "histogram")
        {
            (cell.Latencies ?? Interlocked.CompareExchange(ref cell.Latencies, new LatencyHistogram(), null) ?? cell.Latencies).Add((long)(value * Stopwatch.Frequency));
        }
        else if (_isAddedUp)
        {
            Increase(cell, value);
        }
        else
        {
            Set(cell, value);
        }
    }

    private static void Set(Cell cell, double value) => Interlocked.Exchange(ref cell.Bits, BitConverter.DoubleToInt64Bits(value));

    private static void Increase(Cell cell, double value)
    {
        long before;
        do
        {
            before = Interlocked.Read(ref cell.Bits);
        }
        while (Interlocked.CompareExchange(ref cell.Bits, BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(before) + value), before) != before);
    }

    // One label that is a text already is found without making anything.
    private Cell FindCell(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = tags.Length == 1 && tags[0].Value is string text ? text : JoinValues(tags);
        return _cells.TryGetValue(key, out var known) ? known
            : _cells.Count >= MostCells ? _unlabelled
            : _cells.GetOrAdd(key, new Cell([.. tags.ToArray().Select(tag => KeyValuePair.Create(tag.Key, TextOf(tag.Value)))]));
    }

    private static string JoinValues(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join('\n', tags.ToArray().Select(tag => TextOf(tag.Value)));

    private static string TextOf(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private sealed class Cell(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        public IReadOnlyList<KeyValuePair<string, string>> Labels => labels;

        public long Bits;

        public LatencyHistogram? Latencies;
    }
}
