using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Cms.Benchmarks;

/// <summary>A WebSocket of the least kind: one subscription, events are noticed and not read. One caller at a time.</summary>
internal sealed class CrowdSocket
{
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAA==";
    private const byte Ping = 0x89;
    private const byte Pong = 0x8A;
    private const byte Text = 0x81;
    private const byte Masked = 0x80;
    private static readonly byte[] Commit = "\"kind\":\"commit\""u8.ToArray();

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[2048];
    private int _used;

    private CrowdSocket(Socket socket) => _socket = socket;

    /// <summary>Opens it and waits until its subscription has begun.</summary>
    public static async Task<CrowdSocket> OpenAsync(string path, string pattern)
    {
        var crowd = new CrowdSocket(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        await crowd._socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await crowd.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /api/v1/ws HTTP/1.1\r\nHost: cms\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n\r\n"));
        await crowd.AwaitAsync("\r\n\r\n"u8.ToArray());
        await crowd.SendAsync(Frame(Text, Encoding.UTF8.GetBytes($"{{\"op\":\"subscribe\",\"subscription\":\"a\",\"patterns\":[\"{pattern}\"]}}")));
        await crowd.AwaitAsync("\"kind\":\"start\""u8.ToArray());
        return crowd;
    }

    /// <summary>Reads on for ever.</summary>
    /// <param name="heard">Called for each commit.</param>
    /// <exception cref="InvalidDataException">The connection ended.</exception>
    public async Task ReadAsync(Action heard)
    {
        while (true)
        {
            while (TakeFrame() is { } frame)
            {
                if (frame[0] == Ping)
                {
                    await SendAsync(Frame(Pong, frame[2..]));
                }
                else if (frame.AsSpan().IndexOf(Commit) >= 0)
                {
                    heard();
                }
            }

            await FillAsync();
        }
    }

    private static byte[] Frame(byte first, byte[] payload)
    {
        // The mask is zero, which leaves the payload as it is.
        byte[] length = payload.Length < 126 ? [(byte)(Masked | payload.Length)] : [Masked | 126, (byte)(payload.Length >> 8), (byte)payload.Length];
        return [first, .. length, 0, 0, 0, 0, .. payload];
    }

    // What comes before the first frame, and the answer to the subscription, are passed over.
    private async Task AwaitAsync(byte[] wanted)
    {
        while (_buffer.AsSpan(0, _used).IndexOf(wanted) < 0)
        {
            await FillAsync();
        }

        _used = 0;
    }

    private byte[]? TakeFrame()
    {
        if (_used < 2 || (_buffer[1] >= 126 && _used < 4))
        {
            return null;
        }

        var (head, length) = _buffer[1] < 126 ? (2, (int)_buffer[1]) : (4, BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(2)));
        if (_used < head + length)
        {
            return _used < _buffer.Length ? null : throw new InvalidDataException("a frame is longer than expected");
        }

        var frame = _buffer.AsSpan(0, head + length).ToArray();
        _buffer.AsSpan(head + length, _used - head - length).CopyTo(_buffer);
        _used -= head + length;
        return frame;
    }

    private async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes);

    private async Task FillAsync()
    {
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_used));
        _used += read > 0 ? read : throw new InvalidDataException($"the daemon ended a connection after: {Encoding.UTF8.GetString(_buffer, 0, _used)}");
    }
}
