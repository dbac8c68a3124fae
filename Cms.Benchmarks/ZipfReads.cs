using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>Reads keys as unevenly as programs do, the n-th most wanted one n times as seldom as the first, and says how many came from the reader's cache.</summary>
internal static class ZipfReads
{
    private const int Reads = 2_000_000;
    private const int Seed = 1;
    private const int Percent = 100;

    /// <summary>The share of reads that the cache answered once it was full, in percent.</summary>
    /// <param name="path">A segment with the keys of <see cref="LookupData"/>, which another process may be writing.</param>
    /// <param name="keys">How many of them are read.</param>
    /// <param name="cached">How many the cache holds.</param>
    public static double HitPercent(string path, int keys, int cached)
    {
        using var reader = SegmentReader.Open(path, new SegmentReaderOptions { CachedOptions = cached });
        var numbers = LookupData.LoadOrder().Take(keys).ToArray();
        var sums = RunningSums(keys);
        var random = new Random(Seed);
        Read(reader, numbers, sums, random);
        var before = reader.CacheStatistics!.Value;
        Read(reader, numbers, sums, random);
        var after = reader.CacheStatistics!.Value;
        return (double)Percent * (after.Hits - before.Hits) / (after.Hits + after.Misses - before.Hits - before.Misses);
    }

    private static void Read(SegmentReader reader, uint[] numbers, double[] sums, Random random)
    {
        Span<byte> key = stackalloc byte[LookupData.KeySize];
        Span<byte> value = stackalloc byte[LookupData.ValueSize];
        for (var read = 0; read < Reads; read++)
        {
            var place = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
            LookupData.WriteKey(numbers[place < 0 ? ~place : place], key);
            if (reader.Copy(key, value, out _, out _, out _) != SegmentCopyResult.Copied)
            {
                throw new InvalidDataException("a key is not found");
            }
        }
    }

    private static double[] RunningSums(int count)
    {
        var sums = new double[count];
        var sum = 0.0;
        for (var place = 0; place < count; place++)
        {
            sum += 1.0 / (place + 1);
            sums[place] = sum;
        }

        return sums;
    }
}
