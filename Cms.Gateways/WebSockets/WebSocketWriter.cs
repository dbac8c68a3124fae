using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Cms.Gateways.WebSockets;

/// <summary>Sends messages and control frames, each whole; those of several callers one after the other.</summary>
/// <remarks>Any thread may call. A caller waits while the peer does not read, so what is not sent yet never piles up here.</remarks>
/// <param name="stream">The connection after the handshake.</param>
internal sealed class WebSocketWriter(Stream stream) : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int MaxReasonBytes = WebSocketFrame.MaxControlBytes - sizeof(ushort);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _isClosed;
    private long _written;

    /// <summary>How often the connection has taken something; who reads makes it grow.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Sends messages.</summary>
    /// <param name="messages">Asked for when it is their turn, one by one.</param>
    /// <returns>False when the connection was closed before; nothing was asked for then.</returns>
    /// <exception cref="IOException">The connection was cut.</exception>
    public async ValueTask<bool> WriteAsync(IEnumerable<WebSocketText> messages)
    {
        await _gate.WaitAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var used = 0;
            foreach (var message in _isClosed ? [] : messages)
            {
                used = await MakeRoomAsync(buffer, used, WebSocketFrame.MaxServerHeaderBytes);
                used += WebSocketFrame.WriteHeader(buffer.AsSpan(used), WebSocketOpcode.Text, message.Head.Length + message.Rest.Length);
                used = await AppendAsync(buffer, used, message.Head);
                used = await AppendAsync(buffer, used, message.Rest);
            }

            await MakeRoomAsync(buffer, used, buffer.Length);
            return !_isClosed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _gate.Release();
        }
    }

    /// <summary>Sends a ping or a pong; nothing once the connection was closed.</summary>
    /// <param name="opcode">What is sent.</param>
    /// <param name="payload">At most <see cref="WebSocketFrame.MaxControlBytes"/>.</param>
    /// <exception cref="IOException">The connection was cut.</exception>
    public async ValueTask WriteControlAsync(WebSocketOpcode opcode, ReadOnlyMemory<byte> payload)
    {
        await _gate.WaitAsync();
        try
        {
            if (!_isClosed)
            {
                await SendControlAsync(opcode, payload);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Says that nothing comes any more; once.</summary>
    /// <param name="code">Why; null says nothing.</param>
    /// <param name="reason">For people; what is beyond 123 bytes is left out.</param>
    /// <exception cref="IOException">The connection was cut.</exception>
    public async ValueTask CloseAsync(WebSocketCloseCode? code, string reason)
    {
        await _gate.WaitAsync();
        try
        {
            if (!_isClosed)
            {
                _isClosed = true;
                await SendControlAsync(WebSocketOpcode.Close, code is { } known ? ToPayload(known, reason) : default);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private static byte[] ToPayload(WebSocketCloseCode code, string reason)
    {
        var text = Encoding.UTF8.GetBytes(reason).AsSpan();
        text = text[..Math.Min(text.Length, MaxReasonBytes)];
        while (!System.Text.Unicode.Utf8.IsValid(text))
        {
            text = text[..^1];
        }

        var payload = new byte[sizeof(ushort) + text.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        text.CopyTo(payload.AsSpan(sizeof(ushort)));
        return payload;
    }

    private async ValueTask SendControlAsync(WebSocketOpcode opcode, ReadOnlyMemory<byte> payload)
    {
        var frame = new byte[WebSocketFrame.MaxServerHeaderBytes + payload.Length];
        var header = WebSocketFrame.WriteHeader(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsMemory(header));
        await SendAsync(frame.AsMemory(0, header + payload.Length));
    }

    private async ValueTask<int> AppendAsync(byte[] buffer, int used, ReadOnlyMemory<byte> part)
    {
        while (part.Length > 0)
        {
            used = await MakeRoomAsync(buffer, used, 1);
            var piece = Math.Min(part.Length, buffer.Length - used);
            part[..piece].CopyTo(buffer.AsMemory(used));
            part = part[piece..];
            used += piece;
        }

        return used;
    }

    // How much of the buffer is used afterwards.
    private async ValueTask<int> MakeRoomAsync(byte[] buffer, int used, int wanted)
    {
        if (used == 0 || used + wanted <= buffer.Length)
        {
            return used;
        }

        await SendAsync(buffer.AsMemory(0, used));
        return 0;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes);
        Volatile.Write(ref _written, _written + 1);
    }
}
