using System.Buffers;
using System.Net.WebSockets;

namespace Cms.Gateways.Watching;

/// <summary>Takes the messages that a client sends on a WebSocket, each whole.</summary>
/// <remarks>One caller at a time. Most clients are silent most of the time; while nothing comes no buffer is held.</remarks>
/// <param name="socket">The WebSocket.</param>
/// <param name="mostBytes">The longest message.</param>
internal sealed class SocketReader(WebSocket socket, int mostBytes) : IDisposable
{
    private const int FirstBytes = 1024;

    private byte[]? _buffer;

    /// <summary>The next message.</summary>
    /// <returns>Null when the client has closed the WebSocket. It may be looked at until the next call; it is longer than messages may be when it was cut short.</returns>
    /// <exception cref="WebSocketException">The connection was cut, or the client broke the protocol and was told so.</exception>
    public async ValueTask<(WebSocketMessageType Type, ReadOnlyMemory<byte> Message)?> ReadAsync()
    {
        Release();
        var read = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        var length = 0;
        while (!read.EndOfMessage && read.MessageType != WebSocketMessageType.Close && length <= mostBytes)
        {
            MakeRoom(length);
            read = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
            length += read.Count;
        }

        return read.MessageType == WebSocketMessageType.Close ? null : (read.MessageType, _buffer.AsMemory(0, length));
    }

    /// <summary>Passes over what comes until the client closes the WebSocket.</summary>
    /// <exception cref="WebSocketException">The connection was cut.</exception>
    public async ValueTask DrainAsync()
    {
        MakeRoom(0);
        while ((await socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Release();

    private void MakeRoom(int used)
    {
        if (used < (_buffer?.Length ?? 0))
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, used * 2));
        _buffer?.AsSpan(0, used).CopyTo(larger);
        Release();
        _buffer = larger;
    }

    private void Release()
    {
        if (_buffer is { } held)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(held);
        }
    }
}
