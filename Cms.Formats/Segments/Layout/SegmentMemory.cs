// Invariants:
// - The constants of the header are checked once, when the file is opened: magic, version, sizes, checksum.
// - References into the arena are checked against the published end each time; the end only grows, so a copy of it
//   may be old but never too large.
using System.Buffers.Binary;
using Cms.Formats.Mapping;

namespace Cms.Formats.Segments.Layout;

/// <summary>One mapped segment file: its constants and the words of its header.</summary>
/// <remarks>One thread at a time. Reader and writer each have their own.</remarks>
internal sealed class SegmentMemory : IDisposable
{
    private const int PageSize = 4096;
    private const int JournalIdSize = 16;
    private readonly ulong _seed;
    private readonly ulong _seedSecond;
    private readonly long _indexStart;
    private SegmentBudget? _budget;

    private SegmentMemory(MappedRegion region, string path, SegmentBudget? budget)
    {
        Region = region;
        _budget = budget;
        Path = path;
        _seed = region.Read(HeaderLayout.HashSeedOffset);
        _seedSecond = region.Read(HeaderLayout.HashSeedSecondOffset);
        _indexStart = (long)region.Read(HeaderLayout.IndexOffset);
        BucketCount = (long)region.Read(HeaderLayout.BucketCountOffset);
        ArenaStart = (long)region.Read(HeaderLayout.ArenaOffset);
    }

    /// <summary>The mapping.</summary>
    public MappedRegion Region { get; }

    /// <summary>For messages.</summary>
    public string Path { get; }

    /// <summary>Buckets of the index, 1 to 2^29.</summary>
    public long BucketCount { get; }

    /// <summary>Bytes from the start of the file to the first block.</summary>
    public long ArenaStart { get; }

    /// <summary>The newest revision that readers may see.</summary>
    public long Visible => unchecked((long)Region.Read(HeaderLayout.VisibleOffset));

    /// <summary>The oldest revision that can still be read.</summary>
    public long Oldest => unchecked((long)Region.Read(HeaderLayout.OldestOffset));

    /// <summary>Live, superseded or being built.</summary>
    public ulong Mark => Region.Read(HeaderLayout.MarkOffset);

    /// <summary>The journal whose projection this is.</summary>
    public Guid JournalId
    {
        get
        {
            Span<byte> bytes = stackalloc byte[JournalIdSize];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Region.Read(HeaderLayout.JournalIdOffset));
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Region.Read(HeaderLayout.JournalIdOffset + 8));
            return new(bytes, bigEndian: true);
        }
    }

    /// <summary>Makes a new file with an empty index; it is marked as being built and nobody sees it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="journalId">The journal to be projected.</param>
    /// <param name="salt">0, or another number when the keys meet too often under the seed that 0 makes.</param>
    /// <param name="options">Settings.</param>
    /// <param name="bucketCount">Buckets of the index.</param>
    /// <returns>Null when the device or the budget has no room; there is no file then.</returns>
    /// <exception cref="SegmentException"><see cref="SegmentError.Denied"/>: this process may not give files to the group; there is no file then.</exception>
    public static SegmentMemory? Create(string path, Guid journalId, ulong salt, SegmentOptions options, long bucketCount)
    {
        var indexSize = bucketCount * IndexLayout.BucketSize;
        var arena = (HeaderLayout.HeaderSize + indexSize + PageSize - 1) / PageSize * PageSize;
        if (arena > options.MaximumBytes || options.Budget?.TryTake(arena) == false)
        {
            return null;
        }

        File.Delete(path);
        var region = CreateRegion(path, arena, options);
        if (!region.TryAllocate(arena))
        {
            region.Dispose();
            File.Delete(path);
            options.Budget?.Return(arena);
            return null;
        }

        WriteConstants(region, journalId, salt, options.MaximumBytes, bucketCount, arena);
        return new(region, path, options.Budget);
    }

    /// <summary>Maps a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="writable">Whether it is to be written.</param>
    /// <param name="budget">What its space counts against, as long as it is mapped.</param>
    /// <exception cref="SegmentException">It is no segment that can be read here.</exception>
    public static SegmentMemory Open(string path, bool writable, SegmentBudget? budget = null)
    {
        if (!BitConverter.IsLittleEndian || !Environment.Is64BitProcess)
        {
            throw new SegmentException(SegmentError.WrongMachine, path, "Segments need a 64-bit little-endian machine.");
        }

        var region = Map(path, writable);
        try
        {
            CheckHeader(region, path);
            budget?.Take(region.Limit);
            return new(region, path, budget);
        }
        catch
        {
            region.Dispose();
            throw;
        }
    }

    /// <summary>Marks a segment of another version as superseded, by the part of its header that all versions share.</summary>
    public static void MarkForeign(string path)
    {
        using var region = Map(path, writable: true);
        region.Extend(HeaderLayout.HeaderSize);
        region.Write(HeaderLayout.MarkOffset, HeaderLayout.MarkSuperseded);
    }

    /// <summary>The hash of a key under this file's seed.</summary>
    public ulong HashOf(ReadOnlySpan<byte> key) => KeyHash.Compute(key, _seed, _seedSecond);

    /// <summary>The number of the bucket where the search for a hash begins.</summary>
    public long HomeOf(ulong hash) => unchecked((long)(((hash & uint.MaxValue) * (ulong)BucketCount) >> 32));

    /// <summary>Bytes from the start of the file to that bucket.</summary>
    public long OffsetOfHome(ulong hash) => unchecked(_indexStart + (HomeOf(hash) * IndexLayout.BucketSize));

    /// <summary>Bytes from the start of the file to the bucket behind another, around the end.</summary>
    public long OffsetOfNext(long bucket) =>
        bucket - _indexStart < (BucketCount - 1) * IndexLayout.BucketSize ? bucket + IndexLayout.BucketSize : _indexStart;

    /// <summary>The number of the bucket <paramref name="steps"/> behind another, around the end.</summary>
    public long BucketBehind(long bucket, int steps) => (bucket + steps) % BucketCount;

    /// <summary>How many buckets one is behind another, around the end.</summary>
    public long DistanceOf(long bucket, long home) => bucket >= home ? bucket - home : bucket - home + BucketCount;

    /// <summary>Bytes from the start of the file to a bucket.</summary>
    public long OffsetOfBucket(long bucket) => _indexStart + (bucket * IndexLayout.BucketSize);

    /// <summary>Whether the index has a slot of that number.</summary>
    public bool IsSlot(uint number) => number < BucketCount * IndexLayout.SlotsInBucket;

    /// <summary>Bytes from the start of the file to a slot; slots are numbered bucket by bucket, seven in each.</summary>
    public long OffsetOfSlot(uint number) =>
        OffsetOfBucket(number / IndexLayout.SlotsInBucket) + (number % IndexLayout.SlotsInBucket * IndexLayout.SlotSize);

    /// <summary>The number of the slot at an offset.</summary>
    public uint SlotAt(long offset) => (uint)(((offset - _indexStart) / IndexLayout.BucketSize * IndexLayout.SlotsInBucket)
        + ((offset - _indexStart) % IndexLayout.BucketSize / IndexLayout.SlotSize));

    /// <summary>Whether <paramref name="size"/> bytes at <paramref name="offset"/> lie in the arena as published by now.</summary>
    public bool IsInArena(long offset, int size)
    {
        if (offset < ArenaStart)
        {
            return false;
        }

        if (offset + size <= Region.Limit)
        {
            return true;
        }

        Region.Extend((long)Math.Min(Region.Read(HeaderLayout.EndOffset), (ulong)Region.Size));
        return offset + size <= Region.Limit;
    }

    /// <summary>Gives the file space up to <paramref name="end"/> and publishes that.</summary>
    /// <returns>False when the device or the budget has no room; nothing is changed then.</returns>
    public bool TryExtend(long end)
    {
        var more = end - Region.Limit;
        if (_budget?.TryTake(more) == false)
        {
            return false;
        }

        if (!Region.TryAllocate(end))
        {
            _budget?.Return(more);
            return false;
        }

        Region.Write(HeaderLayout.EndOffset, (ulong)end);
        return true;
    }

    /// <summary>What to throw when the file contradicts itself.</summary>
    public SegmentException Corrupt(string message) => new(SegmentError.Corrupt, Path, message);

    /// <inheritdoc/>
    public void Dispose()
    {
        LeaveBudget();
        Region.Dispose();
    }

    /// <summary>From here on the file's space counts no longer, though views may still read it.</summary>
    public void LeaveBudget()
    {
        _budget?.Return(Region.Limit);
        _budget = null;
    }

    private static MappedRegion CreateRegion(string path, long arena, SegmentOptions options)
    {
        try
        {
            return MappedRegion.Create(path, options.MaximumBytes, options.Group);
        }
        catch (UnauthorizedAccessException refused)
        {
            options.Budget?.Return(arena);
            throw new SegmentException(SegmentError.Denied, path, refused.Message, refused);
        }
    }

    private static MappedRegion Map(string path, bool writable)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: < HeaderLayout.HeaderSize } file)
            {
                throw new SegmentException(SegmentError.NotASegment, path, $"{file.Length} bytes are too few for a segment.");
            }

            return MappedRegion.Open(path, writable);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SegmentException(SegmentError.Missing, path, "There is no such file.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SegmentException(SegmentError.Denied, path, "Its access bits do not let this user read it; ask the daemon.", exception);
        }
    }

    private static void WriteConstants(MappedRegion region, Guid journalId, ulong salt, long maximumSize, long bucketCount, long arena)
    {
        Span<byte> id = stackalloc byte[JournalIdSize];
        _ = journalId.TryWriteBytes(id, bigEndian: true, out _);
        var first = BinaryPrimitives.ReadUInt64LittleEndian(id);
        var second = BinaryPrimitives.ReadUInt64LittleEndian(id[8..]);
        region.Write(HeaderLayout.MagicOffset, HeaderLayout.Magic);
        region.Write(HeaderLayout.VersionOffset, HeaderLayout.FormatVersion | ((ulong)HeaderLayout.HeaderSize << 32));
        region.Write(HeaderLayout.JournalIdOffset, first);
        region.Write(HeaderLayout.JournalIdOffset + 8, second);
        region.Write(HeaderLayout.HashSeedOffset, KeyHash.Compute(id, first ^ salt, second));
        region.Write(HeaderLayout.HashSeedSecondOffset, KeyHash.Compute(id, second ^ salt, first));
        region.Write(HeaderLayout.MaximumSizeOffset, (ulong)maximumSize);
        region.Write(HeaderLayout.IndexOffset, HeaderLayout.HeaderSize);
        region.Write(HeaderLayout.BucketCountOffset, (ulong)bucketCount);
        region.Write(HeaderLayout.ArenaOffset, (ulong)arena);
        region.Write(HeaderLayout.EndOffset, (ulong)arena);
        region.Write(HeaderLayout.TopOffset, (ulong)arena);
        region.Write(HeaderLayout.ChecksumOffset, Checksum(region));
    }

    private static void CheckHeader(MappedRegion region, string path)
    {
        region.Extend(HeaderLayout.HeaderSize);
        var magic = region.Read(HeaderLayout.MagicOffset);
        if (magic != HeaderLayout.Magic)
        {
            throw magic == BinaryPrimitives.ReverseEndianness(HeaderLayout.Magic)
                ? new SegmentException(SegmentError.WrongMachine, path, "The segment was written on a big-endian machine.")
                : new SegmentException(SegmentError.NotASegment, path, "The file does not begin as a segment does.");
        }

        var version = unchecked((uint)region.Read(HeaderLayout.VersionOffset));
        if (version != HeaderLayout.FormatVersion)
        {
            throw new SegmentException(SegmentError.UnsupportedVersion, path, $"Format {version} is not {HeaderLayout.FormatVersion}.");
        }

        if (region.Read(HeaderLayout.ChecksumOffset) != Checksum(region))
        {
            throw new SegmentException(SegmentError.Corrupt, path, "The checksum of the header is wrong.");
        }

        CheckBounds(region, path);
    }

    private static void CheckBounds(MappedRegion region, string path)
    {
        var buckets = region.Read(HeaderLayout.BucketCountOffset);
        var index = region.Read(HeaderLayout.IndexOffset);
        var arena = region.Read(HeaderLayout.ArenaOffset);
        var end = region.Read(HeaderLayout.EndOffset);
        var maximum = region.Read(HeaderLayout.MaximumSizeOffset);
        // Any word may be any number: nothing is added or multiplied before it is known to be small.
        var isPossible = maximum <= SegmentOptions.LargestMaximumBytes && end <= maximum && arena <= end
            && index >= HeaderLayout.HeaderSize && index % IndexLayout.BucketSize == 0 && arena % BlockLayout.WordSize == 0
            && buckets is > 0 and <= SegmentOptions.LargestMaximumBytes / IndexLayout.BucketSize
            && index <= arena && buckets * IndexLayout.BucketSize <= arena - index;
        if (!isPossible)
        {
            throw new SegmentException(SegmentError.Corrupt, path, "The header's sizes do not fit together.");
        }

        if (maximum > (ulong)region.Size)
        {
            throw new SegmentException(SegmentError.Truncated, path, $"The file has {region.Size} bytes instead of {maximum}.");
        }

        region.Extend((long)end);
    }

    // Over all constants: the version and everything from the journal's id to the arena.
    private static ulong Checksum(MappedRegion region)
    {
        Span<byte> bytes = stackalloc byte[(int)(HeaderLayout.ChecksumOffset - HeaderLayout.JournalIdOffset) + BlockLayout.WordSize];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, region.Read(HeaderLayout.VersionOffset));
        for (var offset = HeaderLayout.JournalIdOffset; offset < HeaderLayout.ChecksumOffset; offset += BlockLayout.WordSize)
        {
            var place = (int)(offset - HeaderLayout.JournalIdOffset) + BlockLayout.WordSize;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[place..], region.Read(offset));
        }

        return KeyHash.Compute(bytes, HeaderLayout.Magic, ~HeaderLayout.Magic);
    }
}
