namespace Cms.Formats.Segments.Reading;

/// <summary>How a read at one revision ended.</summary>
internal enum LookupResult
{
    /// <summary>The entry is in the reader's copy.</summary>
    Found,

    /// <summary>At that revision there is no such entry.</summary>
    Missing,

    /// <summary>The revision is no longer kept.</summary>
    TooOld,
}
