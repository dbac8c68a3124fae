using Cms.Actors;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cms.Gateways.Limits;

/// <summary>Bounds what the server takes before a request is whole: connections, heads of requests, and how slowly they come.</summary>
public static class DoorLimits
{
    /// <summary>Sets the bounds.</summary>
    /// <param name="kestrel">The server, before its listeners are added.</param>
    /// <param name="options">The settings.</param>
    /// <param name="daemonUserId">The uid that the daemon runs under, an administrator.</param>
    /// <remarks>Bulks, which may take long by their nature, lift the rate for themselves once it is known who sends them.</remarks>
    public static void Apply(KestrelServerOptions kestrel, DoorOptions options, uint daemonUserId)
    {
        var patience = TimeSpan.FromSeconds(options.SlowSeconds);
        var rate = options.MinBytesPerSecond == 0 ? null : new MinDataRate(options.MinBytesPerSecond, patience);
        kestrel.Limits.RequestHeadersTimeout = patience;
        kestrel.Limits.MinRequestBodyDataRate = rate;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        var connections = new ConnectionLimits(options, daemonUserId);
        kestrel.ConfigureEndpointDefaults(listener => listener.Use(connections.InFrontOf));
    }
}
