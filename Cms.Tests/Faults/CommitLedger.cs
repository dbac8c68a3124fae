using System.Collections.Concurrent;

namespace Cms.Tests.Faults;

/// <summary>Which numbers of which counters were asked for, and which were acknowledged, and when: by the length of the log.</summary>
/// <remarks>A counter is a section whose commits bear rising numbers; any thread may call.</remarks>
internal sealed class CommitLedger
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    /// <summary>Every entry.</summary>
    public IEnumerable<Entry> Entries => _entries;

    /// <summary>Notes entries that were written down before.</summary>
    public static CommitLedger Of(IEnumerable<Entry> entries)
    {
        var ledger = new CommitLedger();
        entries.ToList().ForEach(ledger._entries.Enqueue);
        return ledger;
    }

    /// <summary>Asks for a commit and notes the log's length before and after.</summary>
    public async Task CommitAsync(string counter, int number, FaultControl control, Func<Task> commit)
    {
        Ask(counter, number, control);
        await commit();
        Acknowledge(counter, number, control);
    }

    /// <summary>Notes that a commit is about to be asked for.</summary>
    public void Ask(string counter, int number, FaultControl control) => _entries.Enqueue(new Entry(counter, number, IsAcknowledged: false, control.Position));

    /// <summary>Notes that a commit was acknowledged.</summary>
    public void Acknowledge(string counter, int number, FaultControl control) => _entries.Enqueue(new Entry(counter, number, IsAcknowledged: true, control.Position));

    /// <summary>The highest number that a caller knew to be committed when the log was so long.</summary>
    public int Acknowledged(string counter, long position) =>
        Highest(_entries.Where(entry => entry.Counter == counter && entry.IsAcknowledged && entry.Position <= position));

    /// <summary>The highest number that may be committed when the log is so long.</summary>
    public int Asked(string counter, long position) =>
        Highest(_entries.Where(entry => entry.Counter == counter && !entry.IsAcknowledged && entry.Position < position));

    private static int Highest(IEnumerable<Entry> entries) => entries.Select(entry => entry.Number).DefaultIfEmpty().Max();

    /// <summary>One line of the ledger.</summary>
    internal sealed record Entry(string Counter, int Number, bool IsAcknowledged, long Position);
}
