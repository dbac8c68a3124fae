using System.Diagnostics.Metrics;

namespace Cms.Storage.Journals;

/// <summary>What the journal's writer counts for those who run the node.</summary>
/// <remarks>Any thread may count; while nobody listens it costs a comparison.</remarks>
internal static class JournalMeter
{
    private static readonly Meter Meter = new("Cms.Journal");

    /// <summary>From the first byte of a group to its flush.</summary>
    public static readonly Histogram<double> FlushDuration = Meter.CreateHistogram<double>("cms.journal.flush.duration", "s", "How long groups of batches took to be written and flushed.");

    /// <summary>Batches, of which a flush takes many.</summary>
    public static readonly Counter<long> Batches = Meter.CreateCounter<long>("cms.journal.batches", "{batch}", "Batches that became durable; a flush takes all that wait.");

    /// <summary>Groups that were not written.</summary>
    public static readonly Counter<long> Failures = Meter.CreateCounter<long>("cms.journal.failures", "{flush}", "Groups of batches that could not be written or flushed.");
}
