using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>The commits of one module, for those who want to hear of them.</summary>
/// <remarks>
/// The journal is the queue: a subscriber is a position. The newest commits are at hand in a ring, older ones are read from the
/// journal, so a slow subscriber costs no memory and loses nothing that is kept. The module's shell prepares and publishes; any
/// thread may subscribe. Many subscribers are woken by a task of their own, so their number does not slow a commit.
/// </remarks>
internal sealed class ModuleTopic
{
    private readonly Lock _lock = new();
    private readonly RecentRing<TopicEvent.Committed> _ring;
    private TopicSeat[] _seats = [];
    private Revision _newest;
    private int _wantOld;
    private bool _isTelling;

    public ModuleTopic(ModuleName module, Revision newest, NodeOptions options)
    {
        Module = module;
        _newest = newest;
        _ring = new(
            options.EventRingCount,
            options.EventRingBytes,
            happened => happened.Revision.Value,
            happened => happened.Changes.Sum(told => CommitStory.Measure(told.Change)));
    }

    /// <summary>Whose commits.</summary>
    public ModuleName Module { get; }

    /// <summary>The newest revision that may be told: it is durable, and readers see it.</summary>
    public Revision Newest
    {
        get
        {
            lock (_lock)
            {
                return _newest;
            }
        }
    }

    /// <summary>The module is open at this revision; what was committed and not told before is told now.</summary>
    public void Open(Revision revision)
    {
        lock (_lock)
        {
            if (revision > _newest)
            {
                _ring.Clear();
                _newest = revision;
            }

            StartTelling();
        }
    }

    /// <summary>Makes the events of decided commits, before they are projected; nothing when nobody listens.</summary>
    /// <param name="view">The module before the first of them.</param>
    /// <param name="commits">With consecutive revisions.</param>
    public IReadOnlyList<TopicEvent.Committed> Prepare(IModuleView view, IReadOnlyList<CommitRecord> commits)
    {
        if (Volatile.Read(ref _seats).Length == 0)
        {
            return [];
        }

        return ToEvents(view, commits, withOld: Volatile.Read(ref _wantOld) > 0);
    }

    /// <summary>The events of commits, whoever may hear them.</summary>
    /// <param name="view">The module before the first of them.</param>
    /// <param name="commits">With consecutive revisions.</param>
    /// <param name="withOld">Whether they say what was there before.</param>
    public static IReadOnlyList<TopicEvent.Committed> ToEvents(IModuleView view, IReadOnlyList<CommitRecord> commits, bool withOld)
    {
        var state = new Overlay(view);
        return [.. commits.Select(commit => ToEvent(commit, CommitStory.Tell(state, state.Apply, commit.Changes, withOld), withOld))];
    }

    /// <summary>Tells of commits that are durable and projected.</summary>
    /// <param name="newest">The revision that the last of them made.</param>
    /// <param name="events">What was prepared for them.</param>
    public void Publish(Revision newest, IReadOnlyList<TopicEvent.Committed> events)
    {
        lock (_lock)
        {
            _newest = newest;
            if (_seats.Length == 0 || events.Count == 0)
            {
                // Who subscribed in between finds them in the journal.
                _ring.Clear();
            }

            foreach (var happened in events)
            {
                _ring.Add(happened);
            }

            StartTelling();
        }
    }

    /// <summary>Seats a subscriber.</summary>
    /// <param name="subscription">Who.</param>
    /// <param name="heard">How far it has heard already; null begins with the next commit.</param>
    public TopicSeat Join(TopicSubscription subscription, Revision? heard)
    {
        lock (_lock)
        {
            var seat = new TopicSeat(this, subscription, heard ?? _newest);
            Volatile.Write(ref _seats, [.. _seats, seat]);
            _wantOld += subscription.WantsOld ? 1 : 0;
            if (seat.Heard < _newest)
            {
                seat.Tell();
            }

            return seat;
        }
    }

    /// <summary>Ends a seat; with the last one the ring is given up.</summary>
    public void Leave(TopicSeat seat)
    {
        lock (_lock)
        {
            Volatile.Write(ref _seats, [.. _seats.Where(each => each != seat)]);
            _wantOld -= seat.Subscription.WantsOld ? 1 : 0;
            if (_seats.Length == 0)
            {
                _ring.Clear();
            }
        }
    }

    /// <summary>What the ring has after a revision.</summary>
    /// <param name="revision">Heard already.</param>
    /// <param name="most">The most events.</param>
    /// <param name="withOld">Whether they have to say what was there before.</param>
    /// <returns>The newest revision that may be told, and events; none when they must be read from the journal.</returns>
    public (Revision Newest, IReadOnlyList<TopicEvent.Committed> Events) After(Revision revision, int most, bool withOld)
    {
        lock (_lock)
        {
            var events = _ring.After(revision.Value, most);
            return (_newest, withOld ? [.. events.TakeWhile(happened => happened.HasOld)] : events);
        }
    }

    private static TopicEvent.Committed ToEvent(CommitRecord commit, IReadOnlyList<ToldChange> told, bool withOld) =>
        new(commit.Module, commit.Revision, commit.Time, commit.Origin, commit.Changes.Count, told, withOld) { TransactionId = commit.TransactionId };

    // A few are told at once, which spares them a change of thread; many by a task of its own, which spares the commit their number.
    private void StartTelling()
    {
        const int Few = 8;
        if (_seats.Length <= Few)
        {
            foreach (var seat in _seats)
            {
                seat.Tell();
            }
        }
        else if (!_isTelling)
        {
            _isTelling = true;
            _ = TellAllAsync();
        }
    }

    // Soon and not within the commit that is told of.
    private async Task TellAllAsync()
    {
        await Task.Yield();
        TopicSeat[] seats;
        lock (_lock)
        {
            _isTelling = false;
            seats = _seats;
        }

        foreach (var seat in seats)
        {
            seat.Tell();
        }
    }
}
