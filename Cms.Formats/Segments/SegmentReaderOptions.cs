using Cms.Formats.Segments.Caching;

namespace Cms.Formats.Segments;

/// <summary>Settings of a reader.</summary>
public sealed record SegmentReaderOptions
{
    /// <summary>The most options that can be remembered.</summary>
    public const int LargestCachedOptions = 1 << 20;

    /// <summary>How many short options to remember in private memory, about 130 bytes each; rounded up to a power of two. 0 remembers none.</summary>
    public int CachedOptions { get; init; } = 512;

    /// <summary>Which remembered option gives way to a new one.</summary>
    public CachePolicy CachePolicy { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(CachedOptions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CachedOptions, LargestCachedOptions);
        if (!Enum.IsDefined(CachePolicy))
        {
            throw new ArgumentOutOfRangeException(nameof(CachePolicy), CachePolicy, "No such policy.");
        }
    }
}
