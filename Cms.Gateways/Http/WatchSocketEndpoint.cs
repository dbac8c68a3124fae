using Cms.Client.Wire;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Gateways.Watching;
using Cms.Gateways.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Gateways.Http;

/// <summary>The request that becomes a WebSocket on which a client watches.</summary>
/// <param name="service">What all watches have in common.</param>
internal sealed class WatchSocketEndpoint(WatchService service)
{
    private readonly OriginPolicy _origins = new(service.Options.Door.AllowedOrigins);

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) => api.Get("/ws", "Becomes a WebSocket on which a client watches, with many subscriptions.", ConnectAsync).Upgrades();

    /// <summary>Serves the client until either side ends the connection.</summary>
    public async Task ConnectAsync(HttpContext context)
    {
        _origins.Check(context.Request);
        var stream = await WebSocketHandshake.AcceptAsync(context, WatchSocketRequest.Subprotocol);
        using var socket = new WatchSocket(service, new WatchRights(context.Features.GetRequiredFeature<CallerScope>()), stream, context.Abort);
        await socket.RunAsync();
    }
}
