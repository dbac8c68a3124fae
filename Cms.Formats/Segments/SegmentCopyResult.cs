namespace Cms.Formats.Segments;

/// <summary>How copying a value into the caller's memory ended.</summary>
public enum SegmentCopyResult
{
    /// <summary>There is no such option.</summary>
    Missing,

    /// <summary>The whole encoding was copied.</summary>
    Copied,

    /// <summary>The encoding is longer than the caller's memory; nothing was copied, its size was told.</summary>
    TooLong,
}
