using System.Text.Json;
using System.Text.Unicode;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Cms.Gateways.WebSockets;
using Cms.Storage.Journals;

namespace Cms.Gateways.Watching;

/// <summary>A WebSocket on which somebody watches: its subscriptions, and what they have to tell.</summary>
/// <remarks>
/// Two things go on at a time: <see cref="RunAsync"/> carries out what the client sends, and the pump sends what subscriptions have,
/// one subscription after the other. The pump runs only while there is something to send, so a silent connection costs a pending
/// read. Nobody queues lines: a client that does not read has the pump wait, and later hears the rest from the journal.
/// </remarks>
internal sealed class WatchSocket : IThreadPoolWorkItem, IBeating, IDisposable
{
    private readonly WatchService _service;
    private readonly WatchRights _rights;
    private readonly Stream _stream;
    private readonly Action _abort;
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;

    // The receiving side alone looks at this one.
    private readonly Dictionary<string, SocketSubscription> _subscriptions = [];

    // Guarded by the lock.
    private readonly Lock _lock = new();
    private readonly Queue<SocketSubscription> _ready = new();
    private bool _isPumping;
    private bool _isAgain;
    private bool _isOver;
    private TaskCompletionSource? _pumped;
    private (WebSocketCloseCode Code, string Reason)? _closing;

    private Heartbeats.Seat? _beat;
    private bool _isClosing;
    private bool _isPingDue;
    private bool _isPinged;
    private bool _isHeard = true;
    private long _writtenBefore;
    private Exception? _fault;

    /// <param name="service">What all connections share.</param>
    /// <param name="rights">What the client may hear.</param>
    /// <param name="stream">The connection after the handshake.</param>
    /// <param name="abort">Cuts the connection.</param>
    public WatchSocket(WatchService service, WatchRights rights, Stream stream, Action abort)
    {
        (_service, _rights, _stream, _abort) = (service, rights, stream, abort);
        _reader = new WebSocketReader(stream, service.Options.WatchMessageBytes);
        _writer = new WebSocketWriter(stream);
    }

    /// <summary>Serves the client until either side ends the connection.</summary>
    public async Task RunAsync()
    {
        using var entry = _service.Watches.Enter(LookAtRights);
        using var beat = _beat = _service.Heartbeats.Enter(this, _service.PingTime);
        using (_service.Stopping.UnsafeRegister(static state => ((WatchSocket)state!).Close(WebSocketCloseCode.GoingAway, "the daemon stops"), this))
        {
            try
            {
                await ReceiveAsync();
            }
            catch (WebSocketProtocolException broken)
            {
                await EndAsync(broken);
            }
            catch (Exception cut) when (cut is IOException or OperationCanceledException)
            {
                // The client has gone; there is nobody to tell.
            }
        }

        await EndPumpAsync();
        if (_fault is { } fault)
        {
            throw new InvalidOperationException("a watch could not be told", fault);
        }
    }

    /// <summary>Closes the connection from this side, with a reason.</summary>
    public void Close(WebSocketCloseCode code, string reason)
    {
        lock (_lock)
        {
            _closing ??= (code, reason);
        }

        Pump();
    }

    private void LookAtRights()
    {
        if (_rights.AreGone)
        {
            Close(WebSocketCloseCode.PolicyViolation, "nothing may be watched any more by this caller");
        }
    }

    /// <inheritdoc/>
    public TimeSpan Beat()
    {
        var written = _writer.Written;
        var isAlive = Interlocked.Exchange(ref _isHeard, false) || written != _writtenBefore;
        _writtenBefore = written;
        if (Volatile.Read(ref _isClosing) || (_isPinged && !isAlive))
        {
            // It does not end the connection, or neither says anything nor reads.
            _abort();
            return _service.PingTime;
        }

        LookAtRights();
        _isPinged = true;
        Volatile.Write(ref _isPingDue, true);
        Pump();
        return _service.PingTime;
    }

    /// <summary>Sends what there is; for the thread pool.</summary>
    public void Execute() => _ = PumpAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var subscription in _subscriptions.Values)
        {
            subscription.Dispose();
        }

        _reader.Dispose();
        _writer.Dispose();
    }

    private async Task ReceiveAsync()
    {
        while (await _reader.ReadAsync() is { } message)
        {
            Volatile.Write(ref _isHeard, true);
            switch (message.Opcode)
            {
                case WebSocketOpcode.Text:
                    await AnswerAsync(message.Payload);
                    break;
                case WebSocketOpcode.Ping:
                    await _writer.WriteControlAsync(WebSocketOpcode.Pong, message.Payload);
                    break;
                case WebSocketOpcode.Pong:
                    break;
                case WebSocketOpcode.Close:
                    await _writer.CloseAsync(WebSocketReader.ParseClose(message.Payload.Span), "");
                    return;
                default:
                    throw new WebSocketProtocolException(WebSocketCloseCode.UnsupportedData, "binary messages mean nothing here: send JSON as text");
            }
        }
    }

    // What the client has still sent is read, so that the close frame is not lost with a connection that is reset.
    private async Task EndAsync(WebSocketProtocolException broken)
    {
        BeginClosing();
        try
        {
            await _writer.CloseAsync(broken.Code, broken.Message);
            var rest = new byte[1024];
            while (await _stream.ReadAsync(rest, CancellationToken.None) > 0)
            {
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // It did not wait for the end.
        }
    }

    // Who does not end the connection soon has it cut.
    private void BeginClosing()
    {
        Volatile.Write(ref _isClosing, true);
        _beat?.Hasten(WatchBounds.CloseTime);
    }

    private async Task AnswerAsync(ReadOnlyMemory<byte> payload)
    {
        if (!Utf8.IsValid(payload.Span))
        {
            throw new WebSocketProtocolException(WebSocketCloseCode.InvalidText, "a text message is no UTF-8");
        }

        string? name = null;
        WatchLine? answer;
        try
        {
            var request = Parse(payload.Span);
            name = request.Subscription;
            answer = CarryOut(request);
        }
        catch (RefusedException refused)
        {
            answer = new() { Kind = WatchLine.Refused, Subscription = name, Problem = ReplyMapper.ToProblem(refused.Refusal) };
        }

        if (answer is not null)
        {
            await _writer.WriteAsync([SocketSubscription.ToText(answer)]);
        }

        // Whatever a subscription has comes after the line that says that it has begun.
        if (answer is { Kind: WatchLine.Start } && _subscriptions.TryGetValue(name!, out var begun))
        {
            begun.Open();
        }
    }

    private static WatchSocketRequest Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, WireJson.Default.WatchSocketRequest)
                ?? throw new RefusedException(ErrorCode.InvalidArgument, "the message is null; send a JSON object");
        }
        catch (JsonException malformed)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the message is not the JSON expected here: {malformed.Message}");
        }
    }

    // Null when there is nothing to say.
    private WatchLine? CarryOut(WatchSocketRequest request)
    {
        switch (request.Op)
        {
            case WatchSocketRequest.Subscribe:
                return Subscribe(request);
            case WatchSocketRequest.Unsubscribe:
                var ended = Find(request);
                ended.Dispose();
                _subscriptions.Remove(ended.Name);
                return new() { Kind = WatchLine.Unsubscribed, Subscription = ended.Name };
            case WatchSocketRequest.Acknowledge:
                var subscription = Find(request);
                return subscription.Acknowledge(request.Sequence ?? -1)
                    ? null
                    : throw new RefusedException(ErrorCode.InvalidArgument, $"sequence {request.Sequence} is not legal: lines up to {subscription.Sent} were sent");
            case WatchSocketRequest.Ping:
                return new() { Kind = WatchLine.Pong };
            default:
                throw new RefusedException(ErrorCode.InvalidArgument, $"op '{request.Op}' is not known: use subscribe, unsubscribe, ack or ping");
        }
    }

    private WatchLine Subscribe(WatchSocketRequest request)
    {
        Check(request);
        var subscription = new SocketSubscription(request.Subscription!, request.Window, request.Old, _rights, Queue);
        var source = _service.Subscribe(request.Patterns ?? [], request.Since, request.Old, _rights, subscription.Tell);
        subscription.Begin(source);
        _subscriptions.Add(subscription.Name, subscription);
        return new() { Kind = WatchLine.Start, Subscription = subscription.Name, Position = _rights.Filter(source.Position).ToString() };
    }

    private void Check(WatchSocketRequest request)
    {
        var problem = request switch
        {
            { Subscription: null or { Length: 0 or > WatchBounds.MaxNameLength } } => $"a subscription needs a name of 1 to {WatchBounds.MaxNameLength} characters",
            { Window: < 1 or > WatchBounds.MaxWindow } => $"window {request.Window} is not legal: use a number from 1 to {WatchBounds.MaxWindow}, or none",
            { Sequence: not null } => "sequence belongs to ack",
            _ => null,
        };
        if (problem is not null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, problem);
        }

        if (_subscriptions.TryGetValue(request.Subscription!, out var same) && same.IsOver)
        {
            _subscriptions.Remove(same.Name);
        }
        else if (same is not null)
        {
            throw new RefusedException(ErrorCode.AlreadyExists, $"this connection has a subscription '{request.Subscription}' already: choose another name, or unsubscribe first");
        }

        if (_subscriptions.Count >= _service.Options.WatchSubscriptions)
        {
            throw new RefusedException(ErrorCode.Busy, $"this connection has {_subscriptions.Count} subscriptions, as many as one may have; unsubscribe some, or raise watch_subscriptions");
        }
    }

    private SocketSubscription Find(WatchSocketRequest request) =>
        request.Subscription is { } name && _subscriptions.TryGetValue(name, out var found)
            ? found
            : throw new RefusedException(ErrorCode.NotFound, $"this connection has no subscription '{request.Subscription}'");

    private void Queue(SocketSubscription subscription)
    {
        lock (_lock)
        {
            _ready.Enqueue(subscription);
        }

        Pump();
    }

    private void Pump()
    {
        lock (_lock)
        {
            _isAgain = true;
            if (_isPumping || _isOver)
            {
                return;
            }

            _isPumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task PumpAsync()
    {
        try
        {
            while (GoesOn())
            {
                await SendAllAsync();
            }
        }
        catch (Exception cut) when (cut is IOException or OperationCanceledException)
        {
            StopPump();
        }
        // What should not be ends this connection, and is told by the one who waits for it.
#pragma warning disable CA1031
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fault = fault;
            StopPump();
        }
    }

    // The receiving side notices that the connection is cut, and ends everything.
    private void StopPump()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        _abort();
        GoesOn();
    }

    private bool GoesOn()
    {
        lock (_lock)
        {
            if (_isAgain && !_isOver)
            {
                _isAgain = false;
                return true;
            }

            _isPumping = false;
            _pumped?.TrySetResult();
            return false;
        }
    }

    // The connection is the pump's as long as it runs.
    private Task EndPumpAsync()
    {
        lock (_lock)
        {
            _isOver = true;
            if (!_isPumping)
            {
                return Task.CompletedTask;
            }

            _pumped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _pumped.Task;
        }
    }

    private async Task SendAllAsync()
    {
        while (TryDequeue() is { } subscription)
        {
            await TellAsync(subscription);
        }

        if (Interlocked.Exchange(ref _isPingDue, false))
        {
            await _writer.WriteControlAsync(WebSocketOpcode.Ping, default);
        }

        if (_closing is { } closing && !_isClosing)
        {
            BeginClosing();
            await _writer.CloseAsync(closing.Code, closing.Reason);
        }
    }

    private SocketSubscription? TryDequeue()
    {
        lock (_lock)
        {
            return _ready.TryDequeue(out var subscription) ? subscription : null;
        }
    }

    private async Task TellAsync(SocketSubscription subscription)
    {
        try
        {
            var events = await subscription.TakeAsync();
            if (events.Count > 0)
            {
                await _writer.WriteAsync(subscription.LinesOf(events));
            }
        }
        catch (JournalException failure)
        {
            var problem = ReplyMapper.ToProblem(new Refusal(ErrorCode.Unavailable, failure.Message));
            subscription.Dispose();
            await _writer.WriteAsync([SocketSubscription.ToText(new() { Kind = WatchLine.Failed, Subscription = subscription.Name, Problem = problem })]);
        }

        // The others have their turn in between.
        subscription.Tell();
    }
}
