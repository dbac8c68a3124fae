using System.Collections.Concurrent;

namespace Cms.Gateways.Limits;

/// <summary>The buckets of all who have asked of late.</summary>
/// <remarks>
/// Any thread may call. There are at most as many as the table may hold: those that are full again are dropped for new ones, and where
/// none is, all newcomers share one, so that nobody fills the memory, or gets more, by coming under many names.
/// </remarks>
/// <param name="most">How many.</param>
internal sealed class TokenBuckets<TKey>(int most)
    where TKey : notnull
{
    // Looking for room takes as long as the table is, so it is not done for every newcomer.
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<TKey, TokenBucket> _buckets = new();
    private readonly TokenBucket _shared = new();
    private readonly Lock _sweeping = new();
    private int _count;
    private long _sweptAt = long.MinValue;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The bucket of somebody.</summary>
    public TokenBucket Find(TKey key, TimeSpan now)
    {
        if (_buckets.TryGetValue(key, out var known))
        {
            return known;
        }

        if (Volatile.Read(ref _count) >= most)
        {
            Sweep(now);
        }

        if (Interlocked.Increment(ref _count) > most)
        {
            Interlocked.Decrement(ref _count);
            return _shared;
        }

        var added = new TokenBucket();
        var kept = _buckets.GetOrAdd(key, added);
        if (!ReferenceEquals(kept, added))
        {
            Interlocked.Decrement(ref _count);
        }

        return kept;
    }

    private void Sweep(TimeSpan now)
    {
        lock (_sweeping)
        {
            if (_sweptAt != long.MinValue && now.Ticks - _sweptAt < BetweenSweeps.Ticks)
            {
                return;
            }

            _sweptAt = now.Ticks;
            foreach (var full in _buckets.Where(each => each.Value.IsFull(now)))
            {
                if (_buckets.TryRemove(full))
                {
                    Interlocked.Decrement(ref _count);
                }
            }
        }
    }
}
