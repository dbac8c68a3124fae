using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>The commits of one module, for those who want to hear of them.</summary>
/// <remarks>
/// The journal is the queue: a subscriber is a position. The newest commits are at hand in a ring, older ones are read from the
/// journal, so a slow subscriber costs no memory and loses nothing that is kept. The module's shell prepares and publishes; any
/// thread may subscribe. Many subscribers are looked through by a task of their own, so their number does not slow a commit; those who
/// want the same are looked at once, and only those whom the commit concerns are woken.
/// </remarks>
internal sealed class ModuleTopic
{
    private readonly Lock _lock = new();
    private readonly RecentRing<TopicEvent.Committed> _ring;
    private readonly Dictionary<TopicFilter, SeatGroup> _groups = [];
    private int _seatCount;
    private Revision _newest;
    private int _wantOld;

    // What was published and not told yet; null when some of it is not at hand, so that it may concern everybody.
    private List<TopicEvent.Committed>? _untold = [];
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

            _untold = null;
            StartTelling();
        }
    }

    /// <summary>Makes the events of decided commits, before they are projected; nothing when nobody listens.</summary>
    /// <param name="view">The module before the first of them.</param>
    /// <param name="commits">With consecutive revisions.</param>
    public IReadOnlyList<TopicEvent.Committed> Prepare(IModuleView view, IReadOnlyList<CommitRecord> commits)
    {
        if (Volatile.Read(ref _seatCount) == 0)
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
            if (_seatCount == 0 || events.Count == 0)
            {
                // Who subscribed in between finds them in the journal.
                _ring.Clear();
                _untold = null;
            }

            if (_untold?.Count > TopicLimits.MaxUntold)
            {
                _untold = null;
            }
            else if (_seatCount > 0)
            {
                _untold?.AddRange(events);
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
            if (!_groups.TryGetValue(subscription.Filter, out var group))
            {
                group = new SeatGroup(subscription.Filter, _newest);
                _groups.Add(subscription.Filter, group);
            }

            var seat = new TopicSeat(this, subscription, heard ?? _newest) { Group = group };
            group.Add(seat);
            Volatile.Write(ref _seatCount, _seatCount + 1);
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
            seat.Group.Remove(seat);
            if (seat.Group.Seats.Count == 0)
            {
                _groups.Remove(seat.Group.Filter);
            }

            _wantOld -= seat.Subscription.WantsOld ? 1 : 0;
            Volatile.Write(ref _seatCount, _seatCount - 1);
            if (_seatCount == 0)
            {
                _ring.Clear();
            }
        }
    }

    /// <summary>How far a subscriber has heard: also past what does not concern it.</summary>
    public Revision HeardBy(TopicSeat seat)
    {
        lock (_lock)
        {
            return seat.Heard = seat.Group.Advance(seat.Heard);
        }
    }

    /// <summary>A subscriber was told everything up to a revision.</summary>
    public void Note(TopicSeat seat, Revision heard)
    {
        lock (_lock)
        {
            // It may have got further meanwhile, past what does not concern it.
            seat.Heard = heard > seat.Heard ? heard : seat.Heard;
        }
    }

    /// <summary>What a subscriber took did not reach it.</summary>
    public void TakeBack(TopicSeat seat, Revision heard)
    {
        lock (_lock)
        {
            seat.Heard = heard;
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
        if (_isTelling)
        {
            return;
        }

        if (_seatCount > Few)
        {
            _isTelling = true;
            _ = TellAllAsync();
            return;
        }

        var untold = TakeUntold();
        foreach (var group in _groups.Values)
        {
            var first = FirstConcern(group, untold);
            group.Note(_newest, first);
            foreach (var seat in first is null ? [] : group.Seats)
            {
                seat.Tell();
            }
        }
    }

    // Soon and not within the commit that is told of. One at a time, so that what groups have seen only grows.
    private async Task TellAllAsync()
    {
        await Task.Yield();
        while (TakeTurn() is { } turn)
        {
            foreach (var group in turn.Groups)
            {
                foreach (var seat in Note(group, turn.UpTo, FirstConcern(group, turn.Untold)))
                {
                    seat.Tell();
                }
            }
        }
    }

    private Turn? TakeTurn()
    {
        lock (_lock)
        {
            _isTelling = _untold is not { Count: 0 };
            return _isTelling ? new Turn(_newest, TakeUntold(), [.. _groups.Values]) : null;
        }
    }

    private List<TopicEvent.Committed>? TakeUntold()
    {
        var untold = _untold;
        _untold = [];
        return untold;
    }

    // Those who have to be woken.
    private TopicSeat[] Note(SeatGroup group, Revision upTo, Revision? first)
    {
        lock (_lock)
        {
            group.Note(upTo > group.Seen ? upTo : group.Seen, first);
            return first is null ? [] : [.. group.Seats];
        }
    }

    // The first revision that may mean something to the group; of what is not at hand that is all that it has not seen.
    private static Revision? FirstConcern(SeatGroup group, List<TopicEvent.Committed>? untold) =>
        untold is null ? group.Seen.Next : untold.Find(happened => TopicPattern.Concerns(group.Filter.Patterns, happened))?.Revision;

    private sealed record Turn(Revision UpTo, List<TopicEvent.Committed>? Untold, IReadOnlyList<SeatGroup> Groups);
}
