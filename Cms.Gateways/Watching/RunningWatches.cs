// Invariants: every entry that runs is in _all, and in _timed too when it may end by itself; one look at a time is under way.
using System.Collections.Concurrent;
using Cms.Actors.Access;

namespace Cms.Gateways.Watching;

/// <summary>Those who watch: whoever may hear nothing any more, or is vouched for by nothing any more, is ended within a second or two.</summary>
/// <remarks>
/// Any thread may call. All are looked at when module <c>access</c> has changed; those whose rights or credentials end by themselves
/// every second. The writer that tells of the change only sets the timer, since there may be ten thousand.
/// </remarks>
internal sealed class RunningWatches : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Entry, bool> _all = [];
    private readonly ConcurrentDictionary<Entry, bool> _timed = [];
    private readonly AccessDirectory _access;
    private readonly ITimer _timer;
    private readonly Lock _looking = new();
    private volatile bool _isRenewed;

    /// <param name="access">The rules.</param>
    /// <param name="clock">The time.</param>
    public RunningWatches(AccessDirectory access, TimeProvider clock)
    {
        _access = access;
        _timer = clock.CreateTimer(static state => ((RunningWatches)state!).Look(), this, Interval, Interval);
        _access.Renewed += NoteRenewed;
    }

    /// <summary>Adds one.</summary>
    /// <param name="rights">What he may hear.</param>
    /// <param name="end">Called with the reason when that is nothing any more, perhaps more than once, by any thread; returns at once.</param>
    /// <returns>Takes it out when disposed.</returns>
    public IDisposable Enter(WatchRights rights, Action<string> end)
    {
        var entry = new Entry(this, rights, end);
        _all[entry] = true;

        // The rules may have changed since the request was let in.
        Look(entry);
        return entry;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _access.Renewed -= NoteRenewed;
        _timer.Dispose();
    }

    private void NoteRenewed()
    {
        _isRenewed = true;
        _timer.Change(TimeSpan.Zero, Interval);
    }

    private void Look()
    {
        lock (_looking)
        {
            var isRenewed = _isRenewed;
            _isRenewed = false;
            foreach (var (entry, _) in isRenewed ? _all : _timed)
            {
                Look(entry);
            }
        }
    }

    private void Look(Entry entry)
    {
        if (entry.Rights.EndByThemselves && !entry.IsOver)
        {
            _timed[entry] = true;
        }

        if (entry.IsOver)
        {
            _timed.TryRemove(entry, out _);
        }

        if (entry.Rights.WhyGone is { } reason)
        {
            entry.End(reason);
        }
    }

    private sealed class Entry(RunningWatches watches, WatchRights rights, Action<string> end) : IDisposable
    {
        private volatile bool _isOver;

        public WatchRights Rights => rights;

        public bool IsOver => _isOver;

        public void End(string reason) => end(reason);

        public void Dispose()
        {
            _isOver = true;
            watches._all.TryRemove(this, out _);
            watches._timed.TryRemove(this, out _);
        }
    }
}
