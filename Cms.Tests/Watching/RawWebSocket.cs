using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Tests.Nodes;

namespace Cms.Tests.Watching;

/// <summary>A WebSocket client that sends any bytes it is told to.</summary>
internal sealed class RawWebSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly NetworkStream _stream;

    private RawWebSocket(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _stream = new NetworkStream(_socket);
    }

    /// <summary>Connects and goes through the handshake.</summary>
    public static async Task<RawWebSocket> OpenAsync(NodeProcess node)
    {
        var raw = Connect(node);
        var answer = await raw.HandshakeAsync();
        string[] wanted = ["HTTP/1.1 101 ", "\r\nConnection: Upgrade\r\n", "\r\nUpgrade: websocket\r\n", "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"];
        return wanted.All(part => answer.Contains(part, StringComparison.Ordinal)) ? raw : throw new InvalidDataException(answer);
    }

    /// <summary>Connects without a word.</summary>
    public static RawWebSocket Connect(NodeProcess node) => new(Path.Combine(node.RunDirectory, "cmsd.sock"));

    /// <summary>Asks for the WebSocket.</summary>
    /// <param name="more">Lines of the head that are added or, with the same name, take another's place.</param>
    /// <returns>The head of the answer.</returns>
    public async Task<string> HandshakeAsync(params string[] more)
    {
        string[] usual = ["Host: cms", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
        var kept = usual.Where(line => !more.Any(each => each.StartsWith(line.Split(':')[0] + ":", StringComparison.Ordinal)));
        await SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/ws HTTP/1.1\r\n{string.Concat(kept.Concat(more).Select(line => line + "\r\n"))}\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(one, Token);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(params byte[] bytes) => await _stream.WriteAsync(bytes, Token);

    /// <summary>Sends a masked frame.</summary>
    public Task SendFrameAsync(byte first, byte[] payload)
    {
        byte[] mask = [1, 2, 3, 250];
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)(0x80 | payload.Length)],
            < 65536 => [0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [0x80 | 127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return SendAsync([first, .. length, .. mask, .. payload.Select((each, index) => (byte)(each ^ mask[index % 4]))]);
    }

    /// <summary>Sends a request as a text message.</summary>
    public Task SendAsync(WatchSocketRequest request) => SendFrameAsync(0x81, JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.WatchSocketRequest));

    /// <summary>Begins a subscription and waits until it has begun.</summary>
    /// <returns>The line that says so.</returns>
    public async Task<WatchLine> SubscribeAsync(string name, string pattern, string? since = null, int? window = null)
    {
        await SendAsync(new WatchSocketRequest { Op = WatchSocketRequest.Subscribe, Subscription = name, Patterns = [pattern], Since = since, Window = window });
        var line = await NextAsync();
        return line.Kind == WatchLine.Start && line.Subscription == name ? line : throw new InvalidDataException($"{line.Kind} came: {line.Problem?.Detail}");
    }

    /// <summary>The next frame, whatever it is; null when the connection has ended.</summary>
    public async Task<(byte First, byte[] Payload)?> FrameAsync()
    {
        var head = new byte[2];
        try
        {
            await _stream.ReadExactlyAsync(head, Token);
        }
        catch (Exception over) when (over is EndOfStreamException or IOException)
        {
            return null;
        }

        var length = (long)head[1];
        if (head[1] >= 126)
        {
            var longer = new byte[head[1] == 126 ? 2 : 8];
            await _stream.ReadExactlyAsync(longer, Token);
            length = longer.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(longer) : BinaryPrimitives.ReadInt64BigEndian(longer);
        }

        var payload = new byte[length];
        await _stream.ReadExactlyAsync(payload, Token);
        return (head[0], payload);
    }

    /// <summary>The next message, a text, which may come in parts; pings are passed over.</summary>
    public async Task<WatchLine> NextAsync()
    {
        var message = new List<byte>();
        while (true)
        {
            var (first, payload) = await FrameAsync() ?? throw new InvalidDataException("the connection has ended");
            if (first == 0x89)
            {
                continue;
            }

            // The first part says that it is a text, the last one that it is the last.
            if ((first & 0x7F) != (message.Count == 0 ? 1 : 0))
            {
                throw new InvalidDataException($"a frame {first:x} came: {Encoding.UTF8.GetString(payload)}");
            }

            message.AddRange(payload);
            if ((first & 0x80) != 0)
            {
                return JsonSerializer.Deserialize(message.ToArray(), WireJson.Default.WatchLine)!;
            }
        }
    }

    /// <summary>Waits until the daemon closes the connection.</summary>
    /// <returns>The code and the reason of the close frame.</returns>
    public async Task<(int Code, string Reason)> ClosedAsync()
    {
        while (await FrameAsync() is { } frame)
        {
            if (frame.First == 0x88)
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(frame.Payload), Encoding.UTF8.GetString(frame.Payload.AsSpan(2)));
            }
        }

        throw new InvalidDataException("the connection ended without a close frame");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;
}
