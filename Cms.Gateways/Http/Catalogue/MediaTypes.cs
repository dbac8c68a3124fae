namespace Cms.Gateways.Http.Catalogue;

/// <summary>The media types of the API.</summary>
internal static class MediaTypes
{
    /// <summary>One JSON text.</summary>
    public const string Json = "application/json";

    /// <summary>A JSON text a line.</summary>
    public const string JsonLines = "application/x-ndjson";

    /// <summary>Server-sent events.</summary>
    public const string EventStream = "text/event-stream";

    /// <summary>UCI text.</summary>
    public const string Uci = "application/x-uci";

    /// <summary>A refusal.</summary>
    public const string Problem = "application/problem+json";

    /// <summary>A change of some members of a JSON object (RFC 7396).</summary>
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>What curl calls a body of which it knows nothing; taken for what the operation usually takes.</summary>
    public const string Unsaid = "application/x-www-form-urlencoded";
}
