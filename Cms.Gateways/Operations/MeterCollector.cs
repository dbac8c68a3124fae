using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Cms.Gateways.Operations;

/// <summary>Gathers what the meters of the daemon and of its runtime count.</summary>
/// <remarks>Any thread may read. What is counted often is added without a lock.</remarks>
internal sealed class MeterCollector : IDisposable
{
    private const string OwnMeters = "Cms.";
    private const string RuntimeMeter = "System.Runtime";
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MeterSeries> _series = new(ReferenceEqualityComparer.Instance);
    private readonly Meter _node;
    private readonly Lock _reading = new();

    /// <param name="node">The meter of the node that is told of; those of other nodes in this process are left out.</param>
    public MeterCollector(Meter node)
    {
        _node = node;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsWanted(instrument))
            {
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, static each => new MeterSeries(each)));
            }
        };
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((MeterSeries)series!).Add(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((MeterSeries)series!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((MeterSeries)series!).Add(value, tags));
        _listener.Start();
    }

    /// <summary>Asks what has to be asked for, and tells all.</summary>
    /// <returns>By the instruments' names.</returns>
    public IReadOnlyList<MeterSeries> Read()
    {
        lock (_reading)
        {
            _listener.RecordObservableInstruments();
        }

        return [.. _series.Values.OrderBy(series => series.Instrument.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    // Requests are counted apart, and an instrument that nobody listens to costs them nothing.
    private bool IsWanted(Instrument instrument) =>
        instrument.Meter.Name == RuntimeMeter
        || (instrument.Meter.Name.StartsWith(OwnMeters, StringComparison.Ordinal)
            && (instrument.Meter.Name != NodeMeter.MeterName || ReferenceEquals(instrument.Meter, _node))
            && !(instrument.Meter.Name == RequestMeter.MeterName && instrument is Histogram<double>));
}
