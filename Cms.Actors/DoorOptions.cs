using Cms.Formats.Access;

namespace Cms.Actors;

/// <summary>The settings of the doors: how much anybody may send, and who is told how the node does.</summary>
public sealed record DoorOptions
{
    /// <summary>1 when everybody on this machine may read the numbers of the node, 0 when only who has the right.</summary>
    public int MetricsOpen { get; init; }

    /// <summary>Whether everybody on this machine may read the numbers of the node.</summary>
    public bool IsMetricsOpen => MetricsOpen == 1;

    /// <summary>How many requests a second a principal may send who is no administrator on the Unix socket; 0 for no bound.</summary>
    public int PrincipalRate { get; init; } = 2000;

    /// <summary>How many requests he may send at once.</summary>
    public long PrincipalBurst { get; init; } = 4000;

    /// <summary>How many requests a second may come from an address; 0 for no bound.</summary>
    public int AddressRate { get; init; } = 5000;

    /// <summary>How many requests may come from it at once.</summary>
    public long AddressBurst { get; init; } = 10_000;

    /// <summary>The most connections at one time; those of administrators on the Unix socket are not counted.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>The most connections from one address, or on the Unix socket of one user, at one time.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1000;

    /// <summary>The most bytes of all headers of a request together.</summary>
    public int MaxHeaderBytes { get; init; } = 32_768;

    /// <summary>How long the head of a request may take, and for how long a sender or reader may be slower than he has to be; in seconds, 2 to 600.</summary>
    public int SlowSeconds { get; init; } = 10;

    /// <summary>How fast a sender or reader has to be, in bytes a second; 0 for as slow as he likes.</summary>
    public int MinBytesPerSecond { get; init; } = 240;

    /// <summary>The origins of pages that may use the node from a browser, such as <c>https://studio.example</c>.</summary>
    public string CorsOrigins { get; init; } = NoOrigins;

    /// <summary>What <see cref="CorsOrigins"/> is when no page of elsewhere may.</summary>
    public const string NoOrigins = "none";

    /// <summary>The origins one by one; none when no page of elsewhere may use the node.</summary>
    public IReadOnlyList<string> AllowedOrigins => CorsOrigins == NoOrigins ? [] : CorsOrigins.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads a setting of origins.</summary>
    /// <param name="text">Origins apart by commas, or none.</param>
    /// <exception cref="FormatException">One of them is no origin.</exception>
    public static string ParseOrigins(string text)
    {
        foreach (var origin in text == NoOrigins ? [] : text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.GetLeftPart(UriPartial.Authority) != origin)
            {
                throw new FormatException($"'{origin}' is no origin: write scheme and host, such as https://studio.example, or none");
            }
        }

        return text;
    }

    /// <summary>The ranges of these settings.</summary>
    internal IEnumerable<(string Name, long Value, long Least, long Most)> Ranges() =>
    [
        ("metrics_open", MetricsOpen, 0, 1),
        ("principal_rate", PrincipalRate, 0, LimitRules.MostPerSecond),
        ("principal_burst", PrincipalBurst, 1, LimitRules.MostBurst),
        ("address_rate", AddressRate, 0, LimitRules.MostPerSecond),
        ("address_burst", AddressBurst, 1, LimitRules.MostBurst),
        ("max_connections", MaxConnections, 1, 1_000_000),
        ("max_connections_per_address", MaxConnectionsPerAddress, 1, 1_000_000),
        ("max_header_bytes", MaxHeaderBytes, 1024, 1 << 20),
        ("slow_seconds", SlowSeconds, 2, 600),
        ("min_bytes_per_second", MinBytesPerSecond, 0, 1_000_000),
    ];
}
