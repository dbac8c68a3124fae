using System.Net.WebSockets;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Cms.Storage.Journals;

namespace Cms.Gateways.Watching;

/// <summary>A WebSocket on which somebody watches: its subscriptions, and what they have to tell.</summary>
/// <remarks>
/// Two things go on at a time: <see cref="RunAsync"/> carries out what the client sends, and the pump sends what subscriptions have,
/// one subscription after the other. The pump runs only while there is something to send, so a silent connection costs a pending
/// read. Nobody queues lines: a client that does not read has the pump wait, and later hears the rest from the journal. Whether the
/// client lives is asked by the framework's pings.
/// </remarks>
internal sealed class WatchSocket : IThreadPoolWorkItem, IDisposable
{
    private readonly WatchService _service;
    private readonly WatchRights _rights;
    private readonly WebSocket _socket;
    private readonly CancellationToken _gone;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;

    // The receiving side alone looks at this one.
    private readonly Dictionary<string, SocketSubscription> _subscriptions = [];

    // Guarded by the lock.
    private readonly Lock _lock = new();
    private readonly Queue<SocketSubscription> _ready = new();
    private bool _isPumping;
    private bool _isAgain;
    private bool _isOver;
    private TaskCompletionSource? _pumped;
    private Closing? _closing;
    private ITimer? _patience;
    private Exception? _fault;

    /// <param name="service">What all connections share.</param>
    /// <param name="rights">What the client may hear.</param>
    /// <param name="socket">The WebSocket.</param>
    /// <param name="gone">The connection has ended.</param>
    public WatchSocket(WatchService service, WatchRights rights, WebSocket socket, CancellationToken gone)
    {
        (_service, _rights, _socket, _gone) = (service, rights, socket, gone);
        _reader = new SocketReader(socket, service.Options.WatchMessageBytes);
        _writer = new SocketWriter(socket);
    }

    /// <summary>Serves the client until either side ends the connection.</summary>
    public async Task RunAsync()
    {
        var end = WatchEnd.Client;
        using (_service.Watches.Enter(_rights, reason => Close(new(WebSocketCloseStatus.PolicyViolation, reason, WatchEnd.Rights))))
        using (_service.Stopping.UnsafeRegister(static state => ((WatchSocket)state!).Close(new(WebSocketCloseStatus.EndpointUnavailable, "the daemon stops", WatchEnd.Stopping)), this))
        {
            try
            {
                await ReceiveAsync();
            }
            catch (WebSocketException broken) when (broken.WebSocketErrorCode is not WebSocketError.ConnectionClosedPrematurely)
            {
                // The framework has told the client what was wrong, and cuts the connection when it is let go of.
                end = WatchEnd.Protocol;
                await Task.Delay(WatchBounds.CloseTime, _service.Clock, _gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception cut) when (cut is WebSocketException or IOException or OperationCanceledException)
            {
                // The client has gone; there is nobody to tell.
                end = WatchEnd.Cut;
            }
        }

        await EndPumpAsync();
        WatchMeter.Ended(_fault is null ? _closing?.End ?? end : WatchEnd.Failed);
        if (_fault is { } fault)
        {
            throw new InvalidOperationException("a watch could not be told", fault);
        }
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

        _patience?.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    // Closes the connection from this side, with a reason.
    private void Close(Closing closing)
    {
        lock (_lock)
        {
            _closing ??= closing;
        }

        Pump();
    }

    private async Task ReceiveAsync()
    {
        while (await _reader.ReadAsync() is var (type, message))
        {
            if (FindMistake(type, message) is { } mistake)
            {
                Close(mistake);
            }

            if (_closing is not null)
            {
                // What the client has still sent is read, so that the close frame is not lost with a connection that is reset.
                await _reader.DrainAsync();
                return;
            }

            await AnswerAsync(message);
        }

        await _writer.CloseAsync(WebSocketCloseStatus.NormalClosure, "");
    }

    private Closing? FindMistake(WebSocketMessageType type, ReadOnlyMemory<byte> message) =>
        message.Length > _service.Options.WatchMessageBytes
            ? new(WebSocketCloseStatus.MessageTooBig, $"a message has at most {_service.Options.WatchMessageBytes} bytes", WatchEnd.Protocol)
        : type == WebSocketMessageType.Binary ? new(WebSocketCloseStatus.InvalidMessageType, "binary messages mean nothing here: send JSON as text", WatchEnd.Protocol)
        : null;

    private async Task AnswerAsync(ReadOnlyMemory<byte> payload)
    {
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
        catch (Exception cut) when (cut is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
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

        _socket.Abort();
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

        if (_closing is { } closing && _patience is null)
        {
            // Who does not end the connection soon has it cut.
            _patience = _service.Clock.CreateTimer(static state => ((WebSocket)state!).Abort(), _socket, WatchBounds.CloseTime, Timeout.InfiniteTimeSpan);
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
                WatchMeter.Sent(await _writer.WriteAsync(subscription.LinesOf(events)));
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

    /// <summary>That this side closes the connection.</summary>
    /// <param name="Code">The code of the close frame.</param>
    /// <param name="Reason">For people.</param>
    /// <param name="End">For the numbers.</param>
    private sealed record Closing(WebSocketCloseStatus Code, string Reason, WatchEnd End);
}
