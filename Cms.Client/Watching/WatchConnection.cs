using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Client.Watching;

/// <summary>Many watches over one WebSocket; see <see cref="CmsClient.OpenWatches"/>. Goes on by itself when the daemon was away.</summary>
/// <remarks>
/// Any thread may call. A watch that is not read holds up to 256 lines and the others go on; the daemon is told what was taken.
/// </remarks>
public sealed class WatchConnection : IAsyncDisposable
{
    private const int MaxMessageBytes = 64 << 20;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private readonly Func<CancellationToken, Task<WebSocket>> _connect;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _sending = new(1, 1);

    // Guards the three below.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedWatch> _watches = [];
    private WebSocket? _socket;
    private Task _running = Task.CompletedTask;
    private long _names;

    internal WatchConnection(Func<CancellationToken, Task<WebSocket>> connect, TimeProvider clock) => (_connect, _clock) = (connect, clock);

    /// <summary>Hears of commits as they are made, each once.</summary>
    /// <param name="request">What is watched and from where on; its heartbeat says nothing here, since the connection has its own.</param>
    /// <param name="cancellation">Ends the watch.</param>
    /// <returns>Lines of the kinds start (again after each interruption), commit, lost and behind; others may be added.</returns>
    /// <exception cref="RefusedException">The request is not legal, no daemon answers the first time, or the journal is another one now.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public async IAsyncEnumerable<WatchLine> WatchAsync(WatchRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
        var watch = new SharedWatch($"{Interlocked.Increment(ref _names)}", request);
        await BeginAsync(Add(watch), watch);
        try
        {
            await foreach (var line in watch.ReadAllAsync((lines, sequence) => AcknowledgeAsync(watch, lines, sequence), cancellation))
            {
                yield return line;
            }
        }
        finally
        {
            await SendAsync(Remove(watch), () => new() { Op = WatchSocketRequest.Unsubscribe, Subscription = watch.Name });
        }
    }

    /// <summary>Ends all watches.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Task running;
        lock (_lock)
        {
            running = _running;
        }

        await running;
        _sending.Dispose();
        _ending.Dispose();
    }

    // Null while there is no connection: then the watch begins with the next one.
    private WebSocket? Add(SharedWatch watch)
    {
        lock (_lock)
        {
            _watches.Add(watch.Name, watch);
            if (_running.IsCompleted)
            {
                _running = RunAsync();
            }

            return _socket;
        }
    }

    private WebSocket? Remove(SharedWatch watch)
    {
        lock (_lock)
        {
            _watches.Remove(watch.Name);
            return _socket;
        }
    }

    private WebSocket? Current()
    {
        lock (_lock)
        {
            return _socket;
        }
    }

    private Task AcknowledgeAsync(SharedWatch watch, object lines, long sequence)
    {
        var socket = Current();
        return SendAsync(socket, () => watch.Acknowledge(socket!, lines, sequence));
    }

    // With another connection it has begun, or will.
    private Task BeginAsync(WebSocket? socket, SharedWatch watch) => SendAsync(socket, () => socket == Current() ? watch.Begin(socket!) : null);

    private async Task RunAsync()
    {
        await Task.Yield();
        var delay = FirstDelay;
        try
        {
            while (HasWatches())
            {
                if (await ConnectAsync() is { } socket)
                {
                    using (socket)
                    {
                        await ServeAsync(socket);
                    }

                    delay = FirstDelay;
                }

                // Nobody tells when a daemon is back.
                await Task.Delay(delay, _clock, _ending.Token);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }
        catch (OperationCanceledException)
        {
            FailAll(_ => true, new ObjectDisposedException(nameof(WatchConnection)));
        }
    }

    private bool HasWatches()
    {
        lock (_lock)
        {
            if (_watches.Count == 0)
            {
                _running = Task.CompletedTask;
            }

            return _watches.Count > 0;
        }
    }

    // Who has begun once waits for the daemon to come back; others are told that there is none.
    private async Task<WebSocket?> ConnectAsync()
    {
        try
        {
            return await _connect(_ending.Token);
        }
        catch (RefusedException refused)
        {
            var isTemporary = refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome or ErrorCode.Busy or ErrorCode.TooManyRequests;
            FailAll(watch => !isTemporary || !watch.HasBegun, refused);
            return null;
        }
    }

    private void FailAll(Predicate<SharedWatch> which, Exception why)
    {
        lock (_lock)
        {
            foreach (var watch in _watches.Values.Where(watch => which(watch)).ToList())
            {
                watch.Fail(why);
                _watches.Remove(watch.Name);
            }
        }
    }

    private async Task ServeAsync(WebSocket socket)
    {
        List<SharedWatch> watches;
        lock (_lock)
        {
            _socket = socket;
            watches = [.. _watches.Values];
        }

        try
        {
            foreach (var watch in watches)
            {
                await BeginAsync(socket, watch);
            }

            var buffer = new ArrayBufferWriter<byte>();
            while (await ReceiveAsync(socket, buffer) is { } line)
            {
                Dispatch(socket, line);
            }
        }
        catch (Exception cut) when (cut is WebSocketException or IOException or JsonException)
        {
            // What was cut off is asked for again from the last position.
        }
        finally
        {
            lock (_lock)
            {
                _socket = null;
            }
        }
    }

    private async Task<WatchLine?> ReceiveAsync(WebSocket socket, ArrayBufferWriter<byte> buffer)
    {
        const int Piece = 4096;
        buffer.ResetWrittenCount();
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.GetMemory(Piece), _ending.Token);
            buffer.Advance(received.Count);
        }
        while (!received.EndOfMessage && buffer.WrittenCount < MaxMessageBytes);

        return received.MessageType == WebSocketMessageType.Text ? JsonSerializer.Deserialize(buffer.WrittenSpan, WireJson.Default.WatchLine) : null;
    }

    private void Dispatch(WebSocket socket, WatchLine line)
    {
        SharedWatch? watch;
        lock (_lock)
        {
            watch = line.Subscription is { } name ? _watches.GetValueOrDefault(name) : null;
        }

        switch (line)
        {
            case { Kind: WatchLine.Refused or WatchLine.Failed, Problem: { } problem } when watch is not null:
                var refused = new RefusedException(CmsClient.ToRefusal(problem));
                if (watch.HasBegun && refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.Busy)
                {
                    _ = AgainAsync(socket, watch);
                }
                else
                {
                    FailAll(each => each == watch, refused);
                }

                break;
            default:
                watch?.Tell(line);
                break;
        }
    }

    // The daemon cannot go on with this one now.
    private async Task AgainAsync(WebSocket socket, SharedWatch watch)
    {
        try
        {
            await Task.Delay(LongestDelay, _clock, _ending.Token);
            await BeginAsync(socket, watch);
        }
        catch (OperationCanceledException)
        {
            // All watches have ended.
        }
    }

    // What cannot be sent is sent anew with the next connection, or is over with this one.
    private async Task SendAsync(WebSocket? socket, Func<WatchSocketRequest?> request)
    {
        if (socket is null)
        {
            return;
        }

        try
        {
            await _sending.WaitAsync(_ending.Token);
            try
            {
                if (request() is { } wanted)
                {
                    var message = JsonSerializer.SerializeToUtf8Bytes(wanted, WireJson.Default.WatchSocketRequest);
                    await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _ending.Token);
                }
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception cut) when (cut is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The receiving side finds that out too.
        }
    }
}
