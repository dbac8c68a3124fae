// Invariants:
// - A block keeps its place and class for the life of the file. [ArenaStart, top) is blocks without a gap; the word
//   `top` in the header is stored only when the class of the block below it has been.
// - A block's stamp only grows. It is odd from before the first store into it until after the last.
// - Free blocks are known on this heap alone; a restart finds them again by seeing what nobody refers to.
// - Nothing above Region.Limit is touched, and the file has space for all below it.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Hands out blocks by size class and writes them so that a reader can tell a torn copy.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class BlockStore(SegmentMemory memory, int growthBytes)
{
    private const int PageSize = 4096;
    private readonly Stack<uint>[] _free = [.. Enumerable.Range(0, SizeClasses.Count).Select(_ => new Stack<uint>())];
    private readonly int[] _used = new int[SizeClasses.Count];
    private long _top = (long)memory.Region.Read(HeaderLayout.TopOffset);

    /// <summary>Bytes of the blocks that are not free.</summary>
    public long BytesInUse { get; private set; }

    /// <summary>Bytes from the start of the file to the first that was never used.</summary>
    public long Top => _top;

    /// <summary>Bytes of the blocks that are free.</summary>
    public long FreeBytes { get; private set; }

    /// <summary>Whether the device or the budget, not the file, had no room when space was last asked for.</summary>
    public bool IsDeviceFull { get; private set; }

    /// <summary>A fault for tests of the tests.</summary>
    public PlantedFault Fault { get; set; }

    /// <summary>Whether blocks of this many bytes in all can be taken from unused space as it is.</summary>
    public bool HasRoom(long bytes) => _top + bytes <= memory.Region.Limit;

    /// <summary>Makes sure that blocks of this many bytes in all can be taken from unused space.</summary>
    /// <returns>False when the file's maximum or the device forbids it; nothing is changed then.</returns>
    public bool TryReserve(long bytes)
    {
        if (HasRoom(bytes))
        {
            return true;
        }

        var needed = _top + bytes;
        if (needed > memory.Region.Size)
        {
            return false;
        }

        var wanted = Math.Max(needed, memory.Region.Limit + growthBytes);
        var end = Math.Min((wanted + PageSize - 1) / PageSize * PageSize, memory.Region.Size);
        IsDeviceFull = !memory.TryExtend(end);
        return !IsDeviceFull;
    }

    /// <summary>Whether blocks of these sizes can be taken from free ones, or the rest from unused space above which some stays.</summary>
    /// <param name="sizes">Bytes of each block.</param>
    /// <param name="revision">The revision that will write them.</param>
    /// <param name="spare">Bytes of unused space that are to stay; 0 when blocks that are too large may be used up as well.</param>
    public bool CanTake(IReadOnlyList<int> sizes, long revision, long spare)
    {
        var taken = new int[SizeClasses.Count];
        var lacking = 0L;
        foreach (var size in sizes.OrderDescending())
        {
            var wanted = SizeClasses.ClassFor(size);
            if (ClassWithFree(wanted, spare > 0 ? wanted : SizeClasses.Count - 1, revision, taken) is { } sizeClass)
            {
                taken[sizeClass]++;
            }
            else
            {
                lacking += SizeClasses.SizeOf(wanted);
            }
        }

        return lacking == 0 || HasRoom(lacking + spare);
    }

    /// <summary>Writes a block and returns its reference.</summary>
    /// <param name="builder">What to write.</param>
    /// <param name="revision">The revision that writes it.</param>
    /// <exception cref="SegmentException">There is no space.</exception>
    public uint Put(EntryBuilder builder, long revision)
    {
        var wanted = SizeClasses.ClassFor(builder.Size);
        var sizeClass = ClassToTake(wanted, revision);
        var words = builder.Words(SizeClasses.SizeOf(sizeClass));
        words[(SizeClasses.SizeOf(wanted) / BlockLayout.WordSize)..].Clear();
        words[1] = (words[1] & ~(0xFFUL << 32)) | ((ulong)sizeClass << 32);
        var offset = Take(sizeClass, revision, words[1], out var stamp);
        var final = Math.Max(BlockLayout.FirstStamp(revision), NextStamp(stamp));
        if (Fault == PlantedFault.StampNotRaised && stamp > 1)
        {
            final = stamp & ~1UL;
        }
        else
        {
            memory.Region.Write(offset, stamp | 1);
        }

        memory.Region.WriteWords(offset + BlockLayout.WordSize, words[1..]);
        memory.Region.Write(offset, final);
        Count(sizeClass, 1);
        return (uint)(offset / BlockLayout.WordSize);
    }

    /// <summary>Gives a block back. Its contents stay until it is used again.</summary>
    public void Free(uint reference)
    {
        var sizeClass = BlockLayout.ClassOf(memory.Region.Read(((long)reference * BlockLayout.WordSize) + BlockLayout.DescriptorOffset));
        Count(sizeClass, -1);
        PushFree(sizeClass, reference);
    }

    /// <summary>Bytes of a block.</summary>
    public int SizeOf(uint reference) =>
        SizeClasses.SizeOf(BlockLayout.ClassOf(memory.Region.Read(((long)reference * BlockLayout.WordSize) + BlockLayout.DescriptorOffset)));

    /// <summary>After a restart: counts a block as in use, or as free.</summary>
    public void Adopt(uint reference, int sizeClass, bool isLive)
    {
        if (isLive)
        {
            Count(sizeClass, 1);
        }
        else
        {
            PushFree(sizeClass, reference);
        }
    }

    /// <summary>The blocks of each size that there are any of, smallest first. Any thread; then it is only about right.</summary>
    public IReadOnlyList<SizeClassUse> SizeClassUse() =>
        [.. Enumerable.Range(0, SizeClasses.Count)
            .Select(sizeClass => new SizeClassUse(SizeClasses.SizeOf(sizeClass), _used[sizeClass], _free[sizeClass].Count))
            .Where(use => use.Used > 0 || use.Free > 0)];

    private void Count(int sizeClass, int blocks)
    {
        _used[sizeClass] += blocks;
        BytesInUse += (long)blocks * SizeClasses.SizeOf(sizeClass);
    }

    private void PushFree(int sizeClass, uint reference)
    {
        _free[sizeClass].Push(reference);
        FreeBytes += SizeClasses.SizeOf(sizeClass);
    }

    private static ulong NextStamp(ulong stamp) => (stamp + 2) & ~1UL;

    // A free block whose stamp has come too far for the revision stays free until later ones.
    private bool IsUsable(uint reference, long revision) =>
        BlockLayout.RevisionOf(NextStamp(memory.Region.Read((long)reference * BlockLayout.WordSize))) <= revision;

    private bool HasFree(int sizeClass, long revision) => _free[sizeClass].TryPeek(out var reference) && IsUsable(reference, revision);

    // The smallest class that is large enough and has a free block besides those that are spoken for.
    private int? ClassWithFree(int wanted, int largest, long revision, ReadOnlySpan<int> taken)
    {
        for (var sizeClass = wanted; sizeClass <= largest; sizeClass++)
        {
            if (_free[sizeClass].TakeWhile(reference => IsUsable(reference, revision)).Skip(taken[sizeClass]).Any())
            {
                return sizeClass;
            }
        }

        return null;
    }

    // A block that is too large is for when there is no other and no unused space.
    private int ClassToTake(int wanted, long revision)
    {
        if (HasFree(wanted, revision) || TryReserve(SizeClasses.SizeOf(wanted)))
        {
            return wanted;
        }

        return ClassWithFree(wanted, SizeClasses.Count - 1, revision, stackalloc int[SizeClasses.Count])
            ?? throw new SegmentException(SegmentError.Full, memory.Path, "There is no space for another block.");
    }

    private long Take(int sizeClass, long revision, ulong descriptor, out ulong stamp)
    {
        if (HasFree(sizeClass, revision))
        {
            var reference = _free[sizeClass].Pop();
            FreeBytes -= SizeClasses.SizeOf(sizeClass);
            var used = (long)reference * BlockLayout.WordSize;
            stamp = memory.Region.Read(used);
            return used;
        }

        var offset = _top;
        stamp = 0;
        memory.Region.Write(offset + BlockLayout.DescriptorOffset, descriptor);
        _top += SizeClasses.SizeOf(sizeClass);
        memory.Region.Write(HeaderLayout.TopOffset, (ulong)_top);
        return offset;
    }
}
