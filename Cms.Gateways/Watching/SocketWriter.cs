using System.Buffers;
using System.Net.WebSockets;
using System.Text;

namespace Cms.Gateways.Watching;

/// <summary>Sends messages on a WebSocket, each whole; those of several callers one after the other.</summary>
/// <remarks>Any thread may call. A caller waits while the peer does not read, so what is not sent yet never piles up here.</remarks>
/// <param name="socket">The WebSocket.</param>
internal sealed class SocketWriter(WebSocket socket) : IDisposable
{
    // A longer message is sent in so many frames of this size that nobody has to hold all of it.
    private const int FrameBytes = 16 * 1024;

    // A control frame has 125 bytes and two of them are the code.
    private const int MaxReasonBytes = 123;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _isClosed;

    /// <summary>Sends messages; nothing once the WebSocket was closed.</summary>
    /// <param name="messages">Asked for when it is their turn, one by one.</param>
    /// <returns>How many were sent.</returns>
    /// <exception cref="WebSocketException">The connection was cut.</exception>
    public async ValueTask<int> WriteAsync(IEnumerable<SocketText> messages)
    {
        var sent = 0;
        await _gate.WaitAsync();
        try
        {
            foreach (var message in _isClosed ? [] : messages)
            {
                await SendAsync(message);
                sent++;
            }
        }
        finally
        {
            _gate.Release();
        }

        return sent;
    }

    /// <summary>Says that nothing comes any more; once.</summary>
    /// <param name="code">Why.</param>
    /// <param name="reason">For people; what is beyond 123 bytes is left out.</param>
    /// <exception cref="WebSocketException">The connection was cut.</exception>
    public async ValueTask CloseAsync(WebSocketCloseStatus code, string reason)
    {
        await _gate.WaitAsync();
        try
        {
            if (!_isClosed)
            {
                _isClosed = true;
                await socket.CloseOutputAsync(code, Shortened(reason), CancellationToken.None);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private static string Shortened(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
        {
            reason = reason[..^1];
        }

        return reason;
    }

    private async ValueTask SendAsync(SocketText message)
    {
        var length = message.Head.Length + message.Rest.Length;
        if (length > FrameBytes)
        {
            await SendInFramesAsync(message);
            return;
        }

        var whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            message.Head.CopyTo(whole);
            message.Rest.CopyTo(whole.AsMemory(message.Head.Length));
            await socket.SendAsync(whole.AsMemory(0, length), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private async ValueTask SendInFramesAsync(SocketText message)
    {
        if (message.Head.Length > 0)
        {
            await socket.SendAsync(message.Head, WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        }

        for (var rest = message.Rest; rest.Length > 0;)
        {
            var piece = Math.Min(rest.Length, FrameBytes);
            await socket.SendAsync(rest[..piece], WebSocketMessageType.Text, endOfMessage: piece == rest.Length, CancellationToken.None);
            rest = rest[piece..];
        }
    }
}
