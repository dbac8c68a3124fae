using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Caching;
using Xunit;

namespace Cms.Tests.Segments.Caching;

public sealed class OptionCacheTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20 };

    // One set of two lines. Keys 0 and 1 are remembered, then 0 is used again, then 2 comes.
    [Theory]
    [InlineData(CachePolicy.LeastRecentlyUsed, new[] { 0, 2 })]
    [InlineData(CachePolicy.MostRecentlyUsed, new[] { 1, 2 })]
    [InlineData(CachePolicy.FirstIn, new[] { 1, 2 })]
    public void The_policy_says_what_gives_way(CachePolicy policy, int[] kept)
    {
        using var place = new SegmentPlace();
        using var writer = MakeSegment(place.Path, 3);
        using var reader = SegmentReader.Open(place.Path, new() { CachedOptions = 2, CachePolicy = policy });
        foreach (var key in new[] { 0, 0, 1, 1, 0, 2, 2 })
        {
            Assert.True(reader.TryGetInt(Key(key), out var value) && value == key);
        }

        foreach (var key in kept)
        {
            var hits = reader.CacheStatistics!.Value.Hits;
            Assert.True(reader.TryGetInt(Key(key), out _));
            Assert.Equal(hits + 1, reader.CacheStatistics!.Value.Hits);
        }

        Assert.Equal(1, reader.CacheStatistics!.Value.Evictions);
    }

    [Fact]
    public void What_is_remembered_is_never_older_than_the_segment()
    {
        using var place = new SegmentPlace();
        using var writer = MakeSegment(place.Path, 20);
        using var reader = SegmentReader.Open(place.Path, new() { CachedOptions = 16 });
        var values = Enumerable.Range(0, 20).Select(key => (long?)key).ToArray();
        var random = new Random(71);
        for (var step = 0; step < 20_000; step++)
        {
            var key = (int)(20 * Math.Pow(random.NextDouble(), 3));
            if (random.Next(10) == 0)
            {
                values[key] = values[key] is not null && random.Next(3) == 0 ? null : step;
                Commit(writer, values[key] is { } number ? Set(key, number) : new ModuleChange.OptionRemoved(new(1), Name(key)));
            }

            Assert.Equal(values[key], reader.TryGetInt(Key(key), out var value) ? value : null);
        }

        var statistics = reader.CacheStatistics!.Value;
        Assert.Equal(20_000, statistics.Hits + statistics.Misses);
        Assert.True(statistics.HitRate > 0.5, $"{statistics}");
    }

    [Fact]
    public void A_scan_pushes_nothing_out()
    {
        using var place = new SegmentPlace();
        using var writer = MakeSegment(place.Path, 2000);
        using var reader = SegmentReader.Open(place.Path, new() { CachedOptions = 64 });
        for (var round = 0; round < 3; round++)
        {
            Assert.All(Enumerable.Range(0, 20), key => Assert.True(reader.TryGetInt(Key(key), out _)));
        }

        var evictions = reader.CacheStatistics!.Value.Evictions;
        for (var key = 20; key < 2000; key++)
        {
            Assert.True(reader.TryGetInt(Key(key), out _));
        }

        Assert.InRange(reader.CacheStatistics!.Value.Evictions - evictions, 0, 40);
    }

    [Fact]
    public void Without_a_cache_answers_are_the_same()
    {
        using var place = new SegmentPlace();
        using var writer = MakeSegment(place.Path, 5);
        using var reader = SegmentReader.Open(place.Path, new() { CachedOptions = 0 });
        Assert.True(reader.TryGetInt(Key(4), out var value) && value == 4);
        Assert.Null(reader.CacheStatistics);
        Assert.Throws<ArgumentOutOfRangeException>(() => SegmentReader.Open(place.Path, new() { CachedOptions = -1 }));
    }

    private static string Name(int key) => $"option{key:D4}";

    private static byte[] Key(int key) => Encoding.ASCII.GetBytes($"s.{Name(key)}");

    private static ModuleChange.OptionSet Set(int key, long value) => new(new(1), Name(key), ConfigValue.FromInt(value));

    private static SegmentWriter MakeSegment(string path, int keys)
    {
        var writer = SegmentWriter.Create(path, SegmentPlace.Journal, Options);
        Commit(writer, [new ModuleChange.SectionAdded(new(1), "t", "s"), .. Enumerable.Range(0, keys).Select(key => Set(key, key))]);
        return writer;
    }

    private static void Commit(SegmentWriter writer, params ModuleChange[] changes)
    {
        Assert.True(writer.TryReserve(changes, out _));
        writer.Project(writer.Revision.Next, changes);
    }
}
