namespace Cms.Actors;

/// <summary>The settings of what is sent to a collector of OpenTelemetry.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Where the collector is, as <c>http://host:4318</c> or <c>https://host/path</c>; null when nothing is sent.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>A file of headers that the collector wants, a line <c>name=value</c> each; null for none.</summary>
    public string? HeadersFile { get; init; }

    /// <summary>How often numbers are sent, in seconds, 1 to 3600.</summary>
    public int Seconds { get; init; } = 10;

    /// <summary>Of how many requests in a hundred a trace is sent; 0 to 100. Who sends a trace context decides for his own requests.</summary>
    public int SamplePercent { get; init; } = 100;

    /// <summary>Reads what a setting says.</summary>
    /// <exception cref="FormatException">It is no address of a collector.</exception>
    public static Uri? ParseEndpoint(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var isAddress = Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        return isAddress && address!.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : throw new FormatException("use http://HOST:PORT or https://HOST:PORT, perhaps with a path; what is secret belongs into otlp_headers_file");
    }

    /// <summary>The ranges of these settings.</summary>
    internal IEnumerable<(string Name, long Value, long Least, long Most)> Ranges() =>
    [
        ("otlp_seconds", Seconds, 1, 3600),
        ("otlp_sample_percent", SamplePercent, 0, 100),
    ];
}
