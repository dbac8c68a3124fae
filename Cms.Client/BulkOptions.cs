namespace Cms.Client;

/// <summary>How a bulk is sent and carried out.</summary>
public sealed record BulkOptions
{
    /// <summary>Whether the text is a JSON operation a line; otherwise it is the statements of <c>cms batch</c>.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether all of it is one commit of each module, or nothing.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>The most operations in a commit of a bulk that is not atomic; null leaves it to the daemon.</summary>
    public int? Size { get; init; }

    /// <summary>Kept with each commit.</summary>
    public string Message { get; init; } = "";

    /// <summary>The caller's name for the bulk, at most 200 characters, or null; the same text sent again under it goes on where it ended.</summary>
    public string? RequestId { get; init; }
}
