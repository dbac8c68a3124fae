namespace Cms.Formats.Segments.Caching;

/// <summary>How a cache has done since it was made.</summary>
/// <param name="Capacity">How many items fit.</param>
/// <param name="Hits">Answers from the cache.</param>
/// <param name="Misses">Answers from elsewhere, of those that could be remembered.</param>
/// <param name="Evictions">Items that gave way to others.</param>
/// <param name="Bytes">Memory that it takes.</param>
public readonly record struct CacheStatistics(int Capacity, long Hits, long Misses, long Evictions, long Bytes)
{
    /// <summary>The share of answers that came from the cache, 0 to 1; 0 before the first.</summary>
    public double HitRate => Hits + Misses == 0 ? 0 : (double)Hits / (Hits + Misses);
}
