using System.Diagnostics.Metrics;
using Cms.Actors;
using Cms.Formats.Segments;
using Cms.Storage.Confirmations;

namespace Cms.Gateways.Operations;

/// <summary>What a node is asked for when somebody wants to know: sizes and how many there are of what.</summary>
/// <remarks>Nothing is counted here, so that it costs nothing while nobody asks.</remarks>
internal sealed class NodeMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Cms.Node";

    private static readonly string[] States = ["starting", "running", "restarting", "stopped"];
    private readonly Node _node;

    public NodeMeter(Node node)
    {
        _node = node;
        Meter.CreateObservableGauge("cms.build.info", () => new Measurement<int>(1, Label("version", typeof(NodeMeter).Assembly.GetName().Version!.ToString(3))), null, "The version that runs.");
        Meter.CreateObservableGauge("cms.start.time", () => node.StartedAt.ToUnixTimeMilliseconds() / 1000.0, "s", "When the node was ready, since 1970.");
        Meter.CreateObservableGauge("cms.journal.size", JournalSizes, "By", "The files of the journal.");
        Meter.CreateObservableGauge("cms.journal.epoch", () => node.Journal.Epoch, null, "How often the journal was opened.");
        Meter.CreateObservableGauge("cms.modules", Modules, "{module}", "Modules, by state.");
        Meter.CreateObservableCounter("cms.module.restarts", () => (long)node.Modules.All.Sum(module => module.Status.Restarts), "{restart}", "How often modules were started again after a fault.");
        Meter.CreateObservableGauge("cms.segments.limit", () => node.Modules.Budget.Limit, "By", "What the segments of all modules may take together.");
        Meter.CreateObservableGauge("cms.segments.size", Segments, "By", "What the segments of all modules take: file space, and of its blocks what is in use, replaced but kept, and free.");
        Meter.CreateObservableGauge("cms.segments.entries", () => Sum(memory => memory.Entries), "{entry}", "Keys in the segments.");
        Meter.CreateObservableGauge("cms.watches", () => node.Topics.SubscriptionCount, "{watch}", "Who listens to modules.");
        Meter.CreateObservableGauge("cms.transactions", () => node.OpenTransactions.All.Count, "{transaction}", "Transactions that are open.");
        Meter.CreateObservableGauge("cms.validators", () => node.Validators.Names.Count, "{validator}", "Who is asked before modules commit.");
        Meter.CreateObservableGauge("cms.confirmations", Waiting, "{commit}", "Commits that wait for a confirmation.");
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; } = new(MeterName);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private int Waiting() => _node.Confirmations.List(0).Count(report => report.Stored.State == ConfirmationState.Open);

    private IEnumerable<Measurement<long>> JournalSizes() =>
        new[] { ("database", _node.Options.JournalPath), ("log", _node.Options.JournalPath + "-wal") }
            .Select(file => (Name: file.Item1, File: new FileInfo(file.Item2)))
            .Where(file => file.File.Exists)
            .Select(file => new Measurement<long>(file.File.Length, Label("file", file.Name)));

    private List<Measurement<long>> Modules()
    {
        var states = _node.Modules.All.CountBy(module => module.Status.State).ToDictionary();
        return [.. States.Select(state => new Measurement<long>(states.GetValueOrDefault(state), Label("state", state)))];
    }

    private List<Measurement<long>> Segments() =>
    [
        new(_node.Modules.Budget.Used, Label("state", "allocated")),
        new(Sum(memory => memory.BytesInUse), Label("state", "in-use")),
        new(Sum(memory => memory.RetainedBytes), Label("state", "retained")),
        new(Sum(memory => memory.FreeBytes), Label("state", "free")),
    ];

    private long Sum(Func<SegmentStatistics, long> part) => _node.Modules.All.Sum(module => module.Memory is { } memory ? part(memory) : 0);

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
