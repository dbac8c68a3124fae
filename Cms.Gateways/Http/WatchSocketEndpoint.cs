using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Watching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Cms.Gateways.Http;

/// <summary>The request that becomes a WebSocket on which a client watches.</summary>
internal sealed class WatchSocketEndpoint
{
    private const string Version = "13";
    private readonly WatchService _service;
    private readonly WebSocketMiddleware _framework;

    /// <param name="service">What all watches have in common.</param>
    public WatchSocketEndpoint(WatchService service)
    {
        _service = service;
        var options = new WebSocketOptions { KeepAliveInterval = service.PingTime, KeepAliveTimeout = service.PingTime };
        _framework = new WebSocketMiddleware(ServeAsync, Options.Create(options), NullLoggerFactory.Instance);
    }

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Get("/ws", "Becomes a WebSocket on which a client watches, with many subscriptions.", ConnectAsync).Query(WatchTicketEndpoint.Ticket).Upgrades();

    /// <summary>Serves the client until either side ends the connection.</summary>
    public Task ConnectAsync(HttpContext context)
    {
        _service.Origins.Check(context.Request);
        return _framework.Invoke(context);
    }

    private async Task ServeAsync(HttpContext context)
    {
        Check(context);
        var protocol = context.WebSockets.WebSocketRequestedProtocols.Count > 0 ? WatchSocketRequest.Subprotocol : null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = protocol });
        using var running = WatchMeter.Begin("websocket");
        using var watch = new WatchSocket(_service, WatchService.RightsOf(context), socket, context.RequestAborted);
        await watch.RunAsync();
    }

    private static void Check(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.SecWebSocketVersion = Version;
            throw new RefusedException(
                ErrorCode.InvalidArgument,
                $"this is a WebSocket: ask for it by HTTP/1.1 with 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: {Version}' and a Sec-WebSocket-Key of 16 bytes in base64");
        }

        if (context.WebSockets.WebSocketRequestedProtocols is { Count: > 0 } named && !named.Contains(WatchSocketRequest.Subprotocol))
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"Sec-WebSocket-Protocol '{string.Join(", ", named)}' is not spoken here: use {WatchSocketRequest.Subprotocol}, or name none");
        }
    }
}
