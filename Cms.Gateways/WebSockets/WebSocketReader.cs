using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace Cms.Gateways.WebSockets;

/// <summary>Takes apart what a client sends (RFC 6455): whole messages, and control frames between their parts.</summary>
/// <remarks>One caller at a time. Most clients are silent most of the time; while nothing comes no buffer is held.</remarks>
/// <param name="stream">The connection after the handshake.</param>
/// <param name="mostBytes">The longest message.</param>
internal sealed class WebSocketReader(Stream stream, int mostBytes) : IDisposable
{
    private const int FirstBytes = 1024;

    // What has come and is not taken: _buffer[_start.._end]. Null when there is nothing.
    private byte[]? _buffer;
    private int _start;
    private int _end;

    // The parts so far of a message that comes in parts.
    private byte[]? _message;
    private int _messageBytes;
    private WebSocketOpcode? _begun;

    /// <summary>The next message or control frame.</summary>
    /// <returns>Null when the connection has ended. The payload may be looked at until the next call.</returns>
    /// <exception cref="WebSocketProtocolException">The client broke the protocol, or a message is too long.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public async ValueTask<WebSocketMessage?> ReadAsync()
    {
        while (true)
        {
            if (TryTake() is { } message)
            {
                return message;
            }

            if (!await FillAsync())
            {
                return null;
            }
        }
    }

    /// <summary>What a close frame says.</summary>
    /// <returns>Null when it says nothing.</returns>
    /// <exception cref="WebSocketProtocolException">It is not legal.</exception>
    public static WebSocketCloseCode? ParseClose(ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 0)
        {
            return null;
        }

        var code = payload.Length < sizeof(ushort) ? 0 : BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (code is not ((>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999)))
        {
            throw new WebSocketProtocolException(WebSocketCloseCode.ProtocolError, "a close frame has a code that nobody may send");
        }

        return Utf8.IsValid(payload[sizeof(ushort)..])
            ? (WebSocketCloseCode)code
            : throw new WebSocketProtocolException(WebSocketCloseCode.InvalidText, "the reason in a close frame is no UTF-8");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release(ref _buffer);
        Release(ref _message);
    }

    private WebSocketMessage? TryTake()
    {
        while (WebSocketFrame.TryParse(_buffer.AsSpan(_start, _end - _start), out var found))
        {
            var frame = found.Value;
            CheckPlace(frame);
            if (_end - _start < frame.HeaderBytes + frame.PayloadBytes)
            {
                break;
            }

            var payload = _buffer.AsMemory(_start + frame.HeaderBytes, (int)frame.PayloadBytes);
            WebSocketFrame.Unmask(_buffer.AsSpan(_start + frame.HeaderBytes - sizeof(uint), sizeof(uint)), payload.Span);
            _start += frame.HeaderBytes + (int)frame.PayloadBytes;
            if (Assemble(frame, payload) is { } message)
            {
                return message;
            }
        }

        return null;
    }

    private void CheckPlace(WebSocketFrame frame)
    {
        if (!frame.IsControl && frame.Opcode == WebSocketOpcode.Continuation != _begun is not null)
        {
            throw new WebSocketProtocolException(WebSocketCloseCode.ProtocolError, _begun is null ? "there is no message to go on with" : "a message begins within another");
        }

        // Before it is read: who says that he sends too much is not heard out.
        if (!frame.IsControl && frame.PayloadBytes > mostBytes - (_begun is null ? 0 : _messageBytes))
        {
            throw new WebSocketProtocolException(WebSocketCloseCode.MessageTooBig, $"a message has at most {mostBytes} bytes");
        }
    }

    // Null while parts of the message are missing.
    private WebSocketMessage? Assemble(WebSocketFrame frame, ReadOnlyMemory<byte> payload)
    {
        if (frame.IsControl || (frame.IsFinal && _begun is null))
        {
            return new(frame.Opcode, payload);
        }

        if (_begun is null)
        {
            (_begun, _messageBytes) = (frame.Opcode, 0);
            Release(ref _message);
        }

        Reserve(ref _message, _messageBytes, _messageBytes + payload.Length);
        payload.CopyTo(_message.AsMemory(_messageBytes));
        _messageBytes += payload.Length;
        if (!frame.IsFinal)
        {
            return null;
        }

        var opcode = _begun.Value;
        _begun = null;
        return new(opcode, _message.AsMemory(0, _messageBytes));
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_start == _end)
        {
            Release(ref _buffer);
            (_start, _end) = (0, 0);
            if (_begun is null)
            {
                Release(ref _message);
            }

            // Waits for bytes without a place to put them.
#pragma warning disable CA2022
            await stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
        }

        MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end));
        _end += read;
        return read > 0;
    }

    // A frame has to be in one piece; it grows as its bytes come, not as its head announces them.
    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_buffer is null || _end == _buffer.Length)
        {
            Reserve(ref _buffer, _end, Math.Max(FirstBytes, 2 * _end));
        }
    }

    private static void Reserve(ref byte[]? buffer, int used, int wanted)
    {
        if (buffer is null || buffer.Length < wanted)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, FirstBytes));
            buffer.AsSpan(0, used).CopyTo(larger);
            Release(ref buffer);
            buffer = larger;
        }
    }

    private static void Release(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
