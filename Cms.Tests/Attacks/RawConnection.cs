using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>A connection to a node's socket on which anything may be sent, also what no client would.</summary>
internal sealed partial class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RawConnection> OpenAsync(NodeProcess node)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(node.RunDirectory, "cmsd.sock")), Token);
        return connection;
    }

    /// <summary>Sends a text, each character a byte, and answers with all that came back until the node closed the connection.</summary>
    public static async Task<string> ExchangeAsync(NodeProcess node, string text)
    {
        using var connection = await OpenAsync(node);
        await connection.TrySendAsync(text);
        return await connection.ReadToEndAsync();
    }

    /// <summary>Sends a text, each character a byte.</summary>
    /// <returns>False when the node has closed the connection.</returns>
    public async Task<bool> TrySendAsync(string text)
    {
        try
        {
            var rest = Encoding.Latin1.GetBytes(text).AsMemory();
            while (!rest.IsEmpty)
            {
                rest = rest[await _socket.SendAsync(rest, Token)..];
            }

            return true;
        }
        catch (SocketException closed) when (closed.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            return false;
        }
    }

    /// <summary>All that comes until the node closes the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var piece = new byte[16_384];
        try
        {
            for (var count = await _socket.ReceiveAsync(piece, Token); count > 0; count = await _socket.ReceiveAsync(piece, Token))
            {
                text.Append(Encoding.Latin1.GetString(piece, 0, count));
            }
        }
        catch (SocketException closed) when (closed.SocketErrorCode == SocketError.ConnectionReset)
        {
            // What was not read by the node is thrown away with the connection; what it had answered has come.
        }

        return text.ToString();
    }

    /// <summary>The statuses of all responses in a text.</summary>
    public static IReadOnlyList<int> Statuses(string text) => [.. StatusLine().Matches(text).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];

    public void Dispose() => _socket.Dispose();

    [GeneratedRegex(@"(?:^|\n)?HTTP/1\.1 ([0-9]{3}) ")]
    private static partial Regex StatusLine();
}
