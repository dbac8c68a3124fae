// Invariants: all under _gate. _order has each name of _entries once, the one that failed last at its end.
using Cms.Formats.Mapping;

namespace Cms.Gateways.Authentication.Attempts;

/// <summary>Who has shown wrong passwords and keys, and how long he has to wait before the next one is looked at.</summary>
/// <remarks>
/// Any thread may call. Counts for names where they were used and for sources; see <see cref="AttemptSource"/>. The time is the boot clock's. The table is bounded: when it is
/// full, who has failed the longest ago is forgotten.
/// </remarks>
internal sealed class AttemptLedger(IBootClock clock)
{
    /// <summary>How many failures cost nothing.</summary>
    public const int FreeFailures = 5;

    /// <summary>The most names and addresses in the table.</summary>
    public const int MostEntries = 20_000;

    /// <summary>The first wait; each further failure doubles it.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>After this time without a failure all is forgotten.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _order = new();

    /// <summary>How long the longest wait of some names still is; null when there is none.</summary>
    public TimeSpan? WaitOf(params ReadOnlySpan<string?> names)
    {
        TimeSpan? longest = null;
        lock (_gate)
        {
            foreach (var name in names)
            {
                if (name is not null && Find(name) is { } entry && entry.Until - clock.Now is var wait && wait > TimeSpan.Zero && !(longest >= wait))
                {
                    longest = wait;
                }
            }
        }

        return longest;
    }

    /// <summary>Notes a failure under some names.</summary>
    public void Fail(params ReadOnlySpan<string?> names)
    {
        lock (_gate)
        {
            foreach (var name in names)
            {
                if (name is not null)
                {
                    Count(name);
                }
            }
        }
    }

    /// <summary>Forgets a name that has shown what it should; not for sources, which anybody who has one good password could clear.</summary>
    public void Succeed(string name)
    {
        lock (_gate)
        {
            Remove(name);
        }
    }

    private Entry? Find(string name) =>
        _entries.TryGetValue(name, out var node) && clock.Now - node.Value.Failed < Memory ? node.Value : null;

    private void Count(string name)
    {
        var failures = (Find(name)?.Failures ?? 0) + 1;
        Remove(name);
        if (_entries.Count >= MostEntries)
        {
            Remove(_order.First!.Value.Name);
        }

        _entries.Add(name, _order.AddLast(new Entry(name, failures, clock.Now, clock.Now + WaitAfter(failures))));
    }

    private static TimeSpan WaitAfter(int failures)
    {
        var doublings = failures - FreeFailures - 1;
        return doublings < 0 ? TimeSpan.Zero
            : doublings > 20 || FirstWait * (1 << doublings) is var wait && wait > LongestWait ? LongestWait
            : FirstWait * (1 << doublings);
    }

    private void Remove(string name)
    {
        if (_entries.Remove(name, out var node))
        {
            _order.Remove(node);
        }
    }

    private sealed record Entry(string Name, int Failures, TimeSpan Failed, TimeSpan Until);
}
