using System.Net;

namespace Cms.Actors;

/// <summary>The settings of the listeners beside the Unix socket, and of those who log in.</summary>
public sealed record ListenerOptions
{
    /// <summary>The addresses that are listened on; none unless set.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; init; } = [];

    /// <summary>The PEM file of the daemon's certificate, and of those between it and its authority; null for no TLS.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The PEM file of its private key, which is not encrypted.</summary>
    public string? TlsKey { get; init; }

    /// <summary>The PEM file of the authorities whose certificates callers may show; null when callers show none.</summary>
    public string? TlsClientAuthorities { get; init; }

    /// <summary>How long a login lasts that is not used, in seconds.</summary>
    public int SessionIdleSeconds { get; init; } = 1800;

    /// <summary>How long a login lasts at the most, in seconds.</summary>
    public int SessionSeconds { get; init; } = 43_200;

    /// <summary>Reads addresses such as <c>127.0.0.1:7777 [::1]:7777</c>, apart by blanks or commas.</summary>
    /// <exception cref="FormatException">One is none.</exception>
    public static IReadOnlyList<IPEndPoint> ParseAddresses(string text) =>
        string.IsNullOrWhiteSpace(text) ? [] : [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(ParseAddress)];

    /// <summary>What does not go together in these settings, a line each; empty when all does.</summary>
    public IEnumerable<string> Conflicts()
    {
        if (TlsCertificate is null != TlsKey is null)
        {
            yield return "tls_certificate and tls_key go together; set both or none";
        }

        if (TlsClientAuthorities is not null && TlsCertificate is null)
        {
            yield return "tls_client_ca needs tls_certificate and tls_key";
        }

        foreach (var address in Addresses.Where(address => TlsCertificate is null && !IPAddress.IsLoopback(address.Address)))
        {
            yield return $"{address} in listen can be reached from other machines, so it needs tls_certificate and tls_key";
        }
    }

    /// <summary>The ranges of these settings.</summary>
    internal IEnumerable<(string Name, long Value, long Least, long Most)> Ranges() =>
    [
        ("session_idle_seconds", SessionIdleSeconds, 10, 604_800),
        ("session_seconds", SessionSeconds, 10, 2_592_000),
    ];

    // A number alone, or an address without a port, would be taken for something that nobody meant.
    private static IPEndPoint ParseAddress(string text) =>
        IPEndPoint.TryParse(text, out var address) && text.EndsWith($":{address.Port}", StringComparison.Ordinal) && (text[0] == '[' || text.Contains('.', StringComparison.Ordinal))
            ? address
            : throw new FormatException($"'{text}' is no address with a port, such as 127.0.0.1:7777 or [::1]:7777");
}
