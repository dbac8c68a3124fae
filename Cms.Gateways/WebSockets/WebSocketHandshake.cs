using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace Cms.Gateways.WebSockets;

/// <summary>Turns a request into a WebSocket (RFC 6455, 4.2).</summary>
internal static class WebSocketHandshake
{
    private const string Version = "13";
    private const int KeyBytes = 16;
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Answers the request, after which its connection carries frames.</summary>
    /// <param name="context">The request; nothing of the answer has been sent.</param>
    /// <param name="protocol">The subprotocol that is spoken, which clients may name and need not.</param>
    /// <exception cref="RefusedException">The request asks for no WebSocket, or for one of another version or protocol.</exception>
    public static async Task<Stream> AcceptAsync(HttpContext context, string protocol)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var headers = context.Request.Headers;
        if (upgrade is not { IsUpgradableRequest: true } || !Names(headers[HeaderNames.Upgrade], "websocket"))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "this is a WebSocket: ask for it with 'Connection: Upgrade' and 'Upgrade: websocket', by HTTP/1.1");
        }

        if (headers.SecWebSocketVersion != Version)
        {
            context.Response.Headers.SecWebSocketVersion = Version;
            throw new RefusedException(ErrorCode.InvalidArgument, $"Sec-WebSocket-Version '{headers.SecWebSocketVersion}' is not spoken here: use {Version}");
        }

        context.Response.Headers.SecWebSocketAccept = AcceptOf(headers.SecWebSocketKey);
        if (headers.SecWebSocketProtocol.Count > 0)
        {
            context.Response.Headers.SecWebSocketProtocol = Names(headers.SecWebSocketProtocol, protocol)
                ? protocol
                : throw new RefusedException(ErrorCode.InvalidArgument, $"Sec-WebSocket-Protocol '{headers.SecWebSocketProtocol}' is not spoken here: use {protocol}, or name none");
        }

        // Who reads slowly costs little, and whether he lives is found out by pings.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        context.Response.Headers.Upgrade = "websocket";
        return await upgrade.UpgradeAsync();
    }

    private static bool Names(IEnumerable<string?> header, string wanted) =>
        header.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)).Contains(wanted, StringComparer.OrdinalIgnoreCase);

    private static string AcceptOf(string? key)
    {
        Span<byte> decoded = stackalloc byte[KeyBytes + 2];
        if (key is null || !Convert.TryFromBase64String(key, decoded, out var length) || length != KeyBytes)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "Sec-WebSocket-Key has to be 16 bytes in base64");
        }

        // The protocol prescribes this hash, which protects nothing here.
#pragma warning disable CA5350
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350
    }
}
