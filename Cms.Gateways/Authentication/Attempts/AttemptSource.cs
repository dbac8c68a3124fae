using System.Net;
using System.Net.Sockets;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Authentication.Attempts;

/// <summary>Where passwords, keys and tokens are shown from, as failures are counted.</summary>
/// <remarks>
/// Names wait only where their failures came from: who is elsewhere shows his own secret meanwhile, so that no stranger keeps anybody
/// out by failing under his name.
/// </remarks>
/// <param name="Name">The source.</param>
/// <param name="IsCounted">Whether all failures from there count together, whatever name they were for.</param>
internal readonly record struct AttemptSource(string Name, bool IsCounted)
{
    // An owner of an IPv6 network has all addresses of a /64.
    private const int NetworkSizeBytes = 8;

    /// <summary>The source of a request.</summary>
    /// <param name="caller">Who sends it on this machine's Unix socket; an administrator makes only names wait.</param>
    /// <param name="address">Where other connections come from; null for that socket.</param>
    public static AttemptSource Of(Caller? caller, IPAddress? address) =>
        address is not null ? new(NameOf(address), true)
        : caller is not null ? new($"by {caller.Principal.Name}", !caller.Principal.IsAdministrator)
        : new("here", false);

    /// <summary>A name together with this source, as the ledger has it.</summary>
    public string With(string name) => $"{name} {Name}";

    /// <summary>The source by itself, as the ledger has it; null when it is not counted.</summary>
    public string? Alone => IsCounted ? Name : null;

    private static string NameOf(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? "from " + Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, NetworkSizeBytes)) : "from " + plain;
    }
}
