using System.Net;
using Cms.Formats.Access;
using Cms.Gateways.Limits;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cms.Tests.Operations;

public sealed class TokenBucketTests
{
    private static readonly RateLimit TenPerSecond = new(10, 3);

    [Fact]
    public void A_burst_passes_at_once_and_then_a_token_for_each_interval()
    {
        var bucket = new TokenBucket();
        var now = TimeSpan.FromHours(1);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(bucket.TryTake(TenPerSecond, now, out var none) && none == TimeSpan.Zero));
        Assert.False(bucket.TryTake(TenPerSecond, now, out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(100), wait);
        Assert.False(bucket.TryTake(TenPerSecond, now + TimeSpan.FromMilliseconds(99), out _));
        Assert.True(bucket.TryTake(TenPerSecond, now + wait, out _));
        Assert.False(bucket.TryTake(TenPerSecond, now + wait, out _));
        Assert.False(bucket.IsFull(now + TimeSpan.FromMilliseconds(399)));
        Assert.True(bucket.IsFull(now + TimeSpan.FromMilliseconds(400)));
    }

    [Fact]
    public void Who_is_turned_away_does_not_wait_longer_for_it()
    {
        var bucket = new TokenBucket();
        Assert.Equal(3, Enumerable.Range(0, 1000).Count(_ => bucket.TryTake(TenPerSecond, TimeSpan.Zero, out var _)));
        Assert.True(bucket.TryTake(TenPerSecond, TimeSpan.FromMilliseconds(100), out _));
    }

    [Fact]
    public void Never_more_pass_than_burst_and_rate_allow() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte[], byte, byte)>(),
        each =>
        {
            var (pauses, rate, burst) = each;
            var limit = new RateLimit(rate + 1, burst + 1);
            var (bucket, now, taken) = (new TokenBucket(), TimeSpan.Zero, 0L);
            foreach (var pause in pauses ?? [])
            {
                now += TimeSpan.FromMilliseconds(pause);
                taken += bucket.TryTake(limit, now, out _) ? 1 : 0;
            }

            return taken <= limit.Burst + (limit.PerSecond * now.TotalSeconds * 1.001);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Threads_that_take_at_once_get_no_more()
    {
        var (bucket, limit) = (new TokenBucket(), new RateLimit(1, 10_000));
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 10_000).Count(_ => bucket.TryTake(limit, TimeSpan.Zero, out var _)))));
        Assert.Equal(10_000, taken.Sum());
    }

    [Fact]
    public void The_table_is_bounded_and_newcomers_share_what_is_left()
    {
        var buckets = new TokenBuckets<int>(10);
        var first = buckets.Find(0, TimeSpan.Zero);
        Assert.True(first.TryTake(TenPerSecond, TimeSpan.Zero, out _));
        var all = Enumerable.Range(0, 1000).Select(key => buckets.Find(key, TimeSpan.Zero)).ToList();
        Assert.Equal(10, buckets.Count);
        Assert.Same(first, buckets.Find(0, TimeSpan.Zero));
        foreach (var bucket in all)
        {
            bucket.TryTake(TenPerSecond, TimeSpan.Zero, out _);
        }

        var later = TimeSpan.FromMilliseconds(50);
        Assert.Same(buckets.Find(5000, later), buckets.Find(5001, later));
        Assert.Equal(10, buckets.Count);

        // When those who were there have paused long enough, newcomers have buckets of their own again.
        later = TimeSpan.FromMinutes(1);
        Assert.NotSame(buckets.Find(5000, later), buckets.Find(5001, later));
        Assert.InRange(buckets.Count, 1, 10);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void An_IPv6_network_of_64_bits_counts_as_one_address(string one, string other, bool isOne) =>
        Assert.Equal(isOne, AddressKey.Of(IPAddress.Parse(one)) == AddressKey.Of(IPAddress.Parse(other)));
}
