using Cms.Formats.Access;

namespace Cms.Gateways.Limits;

/// <summary>What somebody may still send: tokens that come in at a rate and are kept up to a burst.</summary>
/// <remarks>
/// Any thread may take; no lock, nothing allocated. All of it is one number: the moment at which the bucket is full again. A token
/// taken puts that off by the time in which one comes in; further than the whole burst takes it is not put off.
/// </remarks>
internal sealed class TokenBucket
{
    private long _fullAt;

    /// <summary>Whether it has as many tokens as it may keep, so that a new one is no other.</summary>
    public bool IsFull(TimeSpan now) => Volatile.Read(ref _fullAt) <= now.Ticks;

    /// <summary>Takes a token if there is one.</summary>
    /// <param name="limit">Bound.</param>
    /// <param name="now">By the boot clock, which nobody sets.</param>
    /// <param name="wait">When there is none, in how long there is one.</param>
    public bool TryTake(RateLimit limit, TimeSpan now, out TimeSpan wait)
    {
        var interval = TimeSpan.TicksPerSecond / limit.PerSecond;
        while (true)
        {
            var before = Volatile.Read(ref _fullAt);
            var after = Math.Max(before, now.Ticks) + interval;
            var late = after - now.Ticks - (interval * limit.Burst);
            if (late > 0)
            {
                wait = TimeSpan.FromTicks(late);
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, after, before) == before)
            {
                wait = TimeSpan.Zero;
                return true;
            }
        }
    }
}
