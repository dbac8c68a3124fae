using Cms.Actors.Mailboxes;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;
using Cms.Storage.Topics;

namespace Cms.Actors.Topics;

/// <summary>Owns one application topic: decides what it is asked, makes it durable, tells readers, then answers.</summary>
/// <remarks>
/// Any thread may ask. One flush serves all that waits. The store is the queue; the newest messages are at hand for readers. When a
/// write fails in a way that leaves its outcome open, the state is read again from the store.
/// </remarks>
public sealed class MessageTopic : IAsyncDisposable
{
    private const int MaxBatch = 1000;
    private const int SweptAtOnce = 2000;

    private readonly MessageTopicContext _context;
    private readonly Mailbox<Request> _mailbox;
    private readonly Lock _lock = new();
    private readonly RecentRing<StoredMessage> _ring;
    private readonly HashSet<MessageReader> _readers = [];
    private readonly Task _loop;
    private MessageTopicState _state;
    private long _unswept;
    private bool _isUncertain;

    internal MessageTopic(StoredTopic stored, MessageTopicContext context)
    {
        _context = context;
        var options = context.Options;
        _state = MessageTopicState.Of(stored);
        _unswept = stored.UnsweptCount;
        _mailbox = new Mailbox<Request>(options.MailboxSize);
        _ring = new(options.EventRingCount, options.EventRingBytes, message => message.Sequence, message => message.Payload.Length + StoredMessage.OverheadBytes);
        _loop = RunAsync();
    }

    /// <summary>The topic as it is, all of it durable.</summary>
    public MessageTopicState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>How many readers listen now.</summary>
    public int ReaderCount
    {
        get
        {
            lock (_lock)
            {
                return _readers.Count;
            }
        }
    }

    /// <summary>Has a command decided and made durable.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="stopWaiting">Ends the wait; a command already taken is carried out all the same.</param>
    /// <returns>The topic after the command.</returns>
    /// <exception cref="RefusedException">It was refused; nothing was changed, save that of an unknown outcome.</exception>
    public async Task<MessageTopicState> AskAsync(MessageTopicCommand command, CancellationToken stopWaiting)
    {
        var request = new Request(command);
        if (!_mailbox.TryPost(request))
        {
            throw new RefusedException(ErrorCode.Busy, $"topic '{_state.Name}' is stopping, or {_context.Options.MailboxSize} requests wait for it already; send it again later");
        }

        var (state, refusal) = await request.Reply.Task.WaitAsync(stopWaiting);
        return refusal is null ? state : throw new RefusedException(refusal);
    }

    /// <summary>Begins to read.</summary>
    /// <param name="subscription">For a durable subscription, from what it has acknowledged on; who reads for it so far is ended.</param>
    /// <param name="after">The number to go on after, if it is above what was acknowledged; null without a subscription is now.</param>
    /// <exception cref="RefusedException">There is no such subscription or message, or there are too many readers.</exception>
    public MessageReader Read(string? subscription, long? after)
    {
        lock (_lock)
        {
            if (subscription is not null && !_state.Acknowledged.ContainsKey(subscription))
            {
                throw new RefusedException(ErrorCode.NotFound, $"topic '{_state.Name}' has no subscription '{subscription}'; begin it first");
            }

            if (after > _state.Last)
            {
                throw new RefusedException(ErrorCode.InvalidArgument, $"message {after} is not there yet: topic '{_state.Name}' has published up to {_state.Last}");
            }

            if (_readers.Count >= _context.Options.MaxSubscriptions)
            {
                throw new RefusedException(ErrorCode.Busy, $"topic '{_state.Name}' has {_readers.Count} readers, as many as there may be; raise max_subscriptions");
            }

            if (subscription is not null && _readers.FirstOrDefault(each => each.Subscription == subscription) is { } earlier)
            {
                _readers.Remove(earlier);
                earlier.End();
            }

            var reader = new MessageReader(this, subscription, subscription is null ? after ?? _state.Last : Math.Max(after ?? 0, _state.Acknowledged[subscription]));
            _readers.Add(reader);
            reader.Tell();
            return reader;
        }
    }

    /// <summary>Carries out what was taken, ends its readers, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _mailbox.Close();
        await _loop;
        lock (_lock)
        {
            foreach (var reader in _readers)
            {
                reader.End();
            }

            _readers.Clear();
        }
    }

    internal void Remove(MessageReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            if (_readers.Count == 0)
            {
                _ring.Clear();
            }
        }
    }

    /// <summary>What comes after a number.</summary>
    internal async ValueTask<(IReadOnlyList<MessageEvent> Events, bool HasMore)> ReadAsync(long heard, CancellationToken cancellation)
    {
        var (first, last, atHand) = Look(heard);
        if (heard >= last)
        {
            return ([], false);
        }

        if (heard < first - 1)
        {
            return ([new MessageEvent.Lost(heard, first)], true);
        }

        var messages = atHand.Count > 0 ? atHand
            : await _context.Turns.RunAsync(() => _context.Store.Read(_state.Name, heard, TopicLimits.MaxPage, TopicLimits.MaxToldBytes), cancellation);
        var events = messages.TakeWhile((message, index) => message.Sequence == heard + 1 + index).Select(message => new MessageEvent.Told(message)).ToList();
        return (events, heard + events.Count < last);
    }

    private (long First, long Last, IReadOnlyList<StoredMessage> AtHand) Look(long heard)
    {
        lock (_lock)
        {
            return (_state.First, _state.Last, _ring.After(heard, TopicLimits.MaxPage));
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        var isStored = true;
        while ((isStored && _unswept > 0) || await _mailbox.WaitAsync(CancellationToken.None))
        {
            isStored = await SuperviseAsync(_mailbox.Drain(MaxBatch));
        }
    }

    /// <returns>False when nothing could be stored, so that sweeping had better wait.</returns>
    private async Task<bool> SuperviseAsync(IReadOnlyList<Request> requests)
    {
        try
        {
            return await CarryOutAsync(requests);
        }
        // The supervisor is the one place where every fault of a topic ends.
#pragma warning disable CA1031
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.TopicFailed(_context.Logger, fault, _state.Name, fault.Message);
            var refusal = new Refusal(ErrorCode.Unavailable, $"topic '{_state.Name}' failed before anything was stored: {fault.Message}");
            foreach (var request in requests)
            {
                request.Reply.TrySetResult((_state, refusal));
            }

            return false;
        }
    }

    private async Task<bool> CarryOutAsync(IReadOnlyList<Request> requests)
    {
        if (_isUncertain)
        {
            ReadAgain();
        }

        var batch = new Batch(_state, _context.Store);
        var answers = requests.Select(request => (Request: request, Decision: Decide(batch, request.Command), batch.State)).ToList();
        var refusal = await StoreAsync(batch);
        if (refusal is null)
        {
            Publish(batch);
        }

        foreach (var (request, decision, state) in answers)
        {
            request.Reply.TrySetResult((state, decision.Refusal ?? (decision.Changes.Count == 0 ? null : refusal)));
        }

        return refusal is null;
    }

    private MessageTopicDecision Decide(Batch batch, MessageTopicCommand command)
    {
        var decision = MessageTopicDecider.Decide(batch.State, command, _context.Clock.GetUtcNow(), batch.TotalAt, _context.Options.MaxSubscriptions);
        batch.Add(decision.Changes);
        return decision;
    }

    // Rows that are not kept any more go a few at a time, so that nobody waits long for the many that one acknowledgement frees.
    private async Task<Refusal?> StoreAsync(Batch batch)
    {
        var swept = (int)Math.Min(_unswept, SweptAtOnce);
        if (batch.Changes.Count == 0 && swept == 0)
        {
            return null;
        }

        IReadOnlyList<TopicChange> changes = swept > 0 ? [.. batch.Changes, new TopicChange.Swept(_state.Name, swept)] : batch.Changes;
        try
        {
            await _context.Store.WriteAsync(changes, CancellationToken.None);
            _unswept += batch.State.First - _state.First - swept;
            return null;
        }
        catch (JournalFullException full)
        {
            return new Refusal(ErrorCode.StorageFull, full.Message);
        }
        catch (JournalException unknown)
        {
            _isUncertain = true;
            TryReadAgain();
            return new Refusal(ErrorCode.UnknownOutcome, $"topic '{_state.Name}': {unknown.Message}; look at the topic before it is sent again");
        }
    }

    // What cannot be read now is read before the next batch is decided; until then nobody guesses what is stored.
    private void TryReadAgain()
    {
        try
        {
            ReadAgain();
        }
        catch (JournalException failure)
        {
            Log.TopicFailed(_context.Logger, failure, _state.Name, failure.Message);
        }
    }

    private void ReadAgain()
    {
        var stored = _context.Store.Topics().Single(topic => topic.Name == _state.Name);
        lock (_lock)
        {
            _state = MessageTopicState.Of(stored);
            _ring.Clear();
        }

        _unswept = stored.UnsweptCount;
        _isUncertain = false;
        TellReaders();
    }

    private void Publish(Batch batch)
    {
        lock (_lock)
        {
            _state = batch.State;
            foreach (var message in _readers.Count > 0 ? batch.Published : [])
            {
                _ring.Add(message);
            }
        }

        if (batch.Published.Any())
        {
            _ = TellReadersSoonAsync();
        }
    }

    // Soon and not within the batch that is told of.
    private async Task TellReadersSoonAsync()
    {
        await Task.Yield();
        TellReaders();
    }

    private void TellReaders()
    {
        MessageReader[] readers;
        lock (_lock)
        {
            readers = [.. _readers];
        }

        foreach (var reader in readers)
        {
            reader.Tell();
        }
    }

    /// <summary>Commands decided on top of each other, to be made durable together.</summary>
    private sealed class Batch(MessageTopicState state, IMessageStore store)
    {
        private readonly long _stored = state.Last;
        private readonly List<StoredMessage> _published = [];

        public MessageTopicState State { get; private set; } = state;

        public List<TopicChange> Changes { get; } = [];

        public IEnumerable<StoredMessage> Published => _published;

        public void Add(IReadOnlyList<TopicChange> changes)
        {
            foreach (var change in changes)
            {
                State = State.Apply(change);
                Changes.Add(change);
                if (change is TopicChange.Published published)
                {
                    _published.Add(published.Message);
                }
            }
        }

        public long TotalAt(long sequence) => sequence > _stored ? _published[(int)(sequence - _stored - 1)].Total : store.TotalAt(State.Name, sequence);
    }

    private sealed record Request(MessageTopicCommand Command)
    {
        public TaskCompletionSource<(MessageTopicState State, Refusal? Refusal)> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
