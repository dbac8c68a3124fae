using Cms.Actors;
using Cms.Gateways.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.Host.Listening;

/// <summary>The TCP listeners beside the Unix socket: the same requests, callers known by what they show.</summary>
internal static class Listeners
{
    /// <summary>Reads the files of TLS.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="tell">Told when changed files cannot be used.</param>
    /// <returns>Null when TLS is not set.</returns>
    /// <exception cref="NodeStartException">The settings or the files do not go together.</exception>
    public static TlsIdentity? Prepare(ListenerOptions options, Action<string> tell)
    {
        var conflicts = options.Conflicts().ToList();
        return conflicts.Count > 0 ? throw new NodeStartException(string.Join("; ", conflicts))
            : options.TlsCertificate is null ? null
            : new TlsIdentity(options, tell);
    }

    /// <summary>Has the server listen.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="options">The settings.</param>
    /// <param name="identity">What <see cref="Prepare"/> has found.</param>
    public static void Add(KestrelServerOptions kestrel, ListenerOptions options, TlsIdentity? identity)
    {
        foreach (var address in options.Addresses)
        {
            kestrel.Listen(address, listener =>
            {
                ConnectionMemory.AddTo(listener);
                if (identity is not null)
                {
                    listener.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(identity.Current()) });
                }
            });
        }
    }

    /// <summary>Where the server listens by TCP, with the ports that it was given.</summary>
    public static IEnumerable<string> Found(IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Where(address => !address.Contains("unix:", StringComparison.Ordinal));
}
