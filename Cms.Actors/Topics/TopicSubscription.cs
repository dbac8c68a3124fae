using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>Hears of the commits of some modules: each once, those of a module in order, none left out that the journal keeps.</summary>
/// <remarks>One caller at a time takes; any thread may dispose. A subscription that is not taken from costs a position for each module.</remarks>
public sealed class TopicSubscription : IDisposable
{
    // A seat is in here once at the most, so there are never more than the modules that match.
    private readonly Channel<TopicSeat> _ready = Channel.CreateUnbounded<TopicSeat>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TopicDirectory _directory;
    private readonly JournalPosition? _since;
    private readonly Dictionary<string, TopicSeat> _seats = [];
    private readonly Action? _told;

    internal TopicSubscription(TopicDirectory directory, TopicFilter filter, JournalPosition? since, bool wantsOld, Action? told) =>
        (_directory, Filter, _since, WantsOld, _told) = (directory, filter, since, wantsOld, told);

    /// <summary>What is wanted.</summary>
    public IReadOnlyList<TopicPattern> Patterns => Filter.Patterns;

    /// <summary>Whether changes say what was there before.</summary>
    public bool WantsOld { get; }

    /// <summary>Whether there may be something to take.</summary>
    public bool IsReady => _ready.Reader.TryPeek(out _);

    /// <summary>Whether what was taken last is from the journal, since it was no longer at hand.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>How far this subscriber has heard; with it another subscription goes on where this one is.</summary>
    public JournalPosition Position
    {
        get
        {
            lock (_seats)
            {
                return new JournalPosition(_directory.Journal.Id, _seats.ToDictionary(pair => pair.Key, pair => pair.Value.Topic.HeardBy(pair.Value)));
            }
        }
    }

    /// <summary>What is wanted, shared with those who want the same.</summary>
    internal TopicFilter Filter { get; }

    /// <summary>Waits until there may be something to take.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the subscription was disposed.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _ready.Reader.WaitToReadAsync(cancellation);

    /// <inheritdoc cref="TakeAsync(int, CancellationToken)"/>
    public ValueTask<IReadOnlyList<TopicEvent>> TakeAsync(CancellationToken cancellation) => TakeAsync(TopicLimits.MaxPage, cancellation);

    /// <summary>Takes what one module has to tell.</summary>
    /// <param name="most">The most commits that are looked at, at least 1; more than some hundred are never.</param>
    /// <param name="cancellation">Ends it; nothing was taken then.</param>
    /// <returns>Oldest first; may be empty although the wait ended, when nothing matched.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async ValueTask<IReadOnlyList<TopicEvent>> TakeAsync(int most, CancellationToken cancellation)
    {
        if (!_ready.Reader.TryRead(out var seat))
        {
            return [];
        }

        seat.BeginLook();
        var heard = seat.Topic.HeardBy(seat);
        try
        {
            var events = await ReadAsync(seat, Math.Min(most, TopicLimits.MaxPage), cancellation);
            return [.. events.Select(happened => happened is TopicEvent.Committed committed ? Filter.Apply(committed) : happened).OfType<TopicEvent>()];
        }
        catch
        {
            // Whoever tries again finds it where it was.
            seat.Topic.TakeBack(seat, heard);
            seat.Tell();
            throw;
        }
    }

    /// <summary>Everything from now on, until the subscription is disposed or the wait is ended.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<TopicEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await WaitAsync(cancellation))
        {
            foreach (var happened in await TakeAsync(cancellation))
            {
                yield return happened;
            }
        }
    }

    /// <summary>Ends the subscription; a wait under way ends too.</summary>
    public void Dispose()
    {
        _directory.Remove(this);
        _ready.Writer.TryComplete();
        lock (_seats)
        {
            foreach (var seat in _seats.Values)
            {
                seat.Topic.Leave(seat);
            }

            _seats.Clear();
        }
    }

    /// <summary>Takes a seat at a module if it is wanted.</summary>
    /// <param name="topic">The module.</param>
    /// <param name="isNew">Whether the module was not there when the subscription began, so that it is heard from its first commit.</param>
    /// <exception cref="RefusedException">The position is ahead of the module.</exception>
    internal void Join(ModuleTopic topic, bool isNew)
    {
        if (!Patterns.Any(pattern => pattern.Matches(topic.Module)))
        {
            return;
        }

        var since = _since is null ? (Revision?)null : _since.Revisions.GetValueOrDefault(topic.Module.ToString());
        if (since > topic.Newest && !isNew)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"revision {since} is not there yet: module '{topic.Module}' is at {topic.Newest}");
        }

        lock (_seats)
        {
            _seats.Add(topic.Module.ToString(), topic.Join(this, isNew && topic.Newest == Revision.None ? Revision.None : since));
        }
    }

    /// <summary>A seat has something to tell.</summary>
    internal void Wake(TopicSeat seat)
    {
        if (_ready.Writer.TryWrite(seat))
        {
            _told?.Invoke();
        }
    }

    private async ValueTask<IReadOnlyList<TopicEvent>> ReadAsync(TopicSeat seat, int most, CancellationToken cancellation)
    {
        var heard = seat.Topic.HeardBy(seat);
        var (newest, atHand) = seat.Topic.After(heard, most, WantsOld);
        if (heard >= newest)
        {
            return [];
        }

        IsBehind = atHand.Count == 0;
        IReadOnlyList<TopicEvent> events = atHand.Count > 0
            ? atHand
            : await _directory.Past.ReadAsync(seat.Topic.Module, heard, newest, most, WantsOld, cancellation);
        heard = events.Count == 0 ? heard : events[^1] switch
        {
            TopicEvent.Committed committed => committed.Revision,
            TopicEvent.Lost lost => new Revision(lost.Next.Value - 1),
            var other => throw new System.Diagnostics.UnreachableException($"unknown event {other.GetType().Name}"),
        };
        seat.Topic.Note(seat, heard);
        if (heard < newest)
        {
            // The others have their turn in between.
            seat.Tell();
        }

        return events;
    }
}
