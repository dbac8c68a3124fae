// Invariants:
// - A block that an already visible revision wrote is never changed; a changed copy takes its place and it is retired.
// - A block of the revision being written is changed in place, because nobody reads it before that revision is visible.
using System.Buffers.Binary;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Reads and changes single leaves of lists.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class LeafWriter(SegmentMemory memory, BlockStore blocks, VersionRetention retention, EntryBuilder builder)
{
    /// <summary>Members that a list's first leaf has room for.</summary>
    public const int FirstCapacity = 2;

    /// <summary>The revision that is being written.</summary>
    public long Revision { get; set; }

    /// <summary>Whether a block belongs to the revision that is being written.</summary>
    public bool IsHidden(uint reference) => BlockLayout.RevisionOf(memory.Region.Read(OffsetOf(reference))) == Revision;

    /// <summary>Members of a leaf.</summary>
    public int CountOf(uint leaf) => BlockLayout.CountOf(memory.Region.Read(OffsetOf(leaf) + BlockLayout.DescriptorOffset));

    /// <summary>Members that the block of a leaf has room for.</summary>
    public int CapacityOf(uint leaf) => CapacityIn(blocks.SizeOf(leaf));

    /// <summary>Members that fit into a block of that size.</summary>
    public static int CapacityIn(int size) => Math.Min(BlockLayout.LeafCapacity, (size - BlockLayout.LeafMembersOffset) / sizeof(uint));

    /// <summary>Bytes of the block of a leaf with room for so many members.</summary>
    public static int SizeFor(int capacity) =>
        SizeClasses.RoundUp(BlockLayout.LeafMembersOffset + (Math.Min(capacity, BlockLayout.LeafCapacity) * sizeof(uint)));

    /// <summary>The room for a leaf that has outgrown its block: a quarter more, and one at least.</summary>
    public static int Roomy(int count) => count + 1 + (count / 4);

    /// <summary>Copies the members out and returns how many there are.</summary>
    public int Read(uint leaf, Span<uint> members)
    {
        var count = CountOf(leaf);
        var bytes = memory.Region.Bytes(OffsetOf(leaf) + BlockLayout.LeafMembersOffset, count * sizeof(uint));
        for (var index = 0; index < count; index++)
        {
            members[index] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * sizeof(uint))..]);
        }

        return count;
    }

    /// <summary>A new leaf.</summary>
    public uint Put(ReadOnlySpan<uint> members, int capacity)
    {
        builder.Leaf(members, Math.Min(capacity, BlockLayout.LeafCapacity));
        return blocks.Put(builder, Revision);
    }

    /// <summary>Gives a leaf other members and returns where it is now.</summary>
    public uint Store(uint leaf, ReadOnlySpan<uint> members)
    {
        if (!IsHidden(leaf) || members.Length > CapacityOf(leaf))
        {
            var moved = Put(members, Roomy(members.Length));
            Discard(leaf);
            return moved;
        }

        var place = OffsetOf(leaf) + BlockLayout.LeafMembersOffset;
        for (var index = 0; index < members.Length; index += 2, place += BlockLayout.WordSize)
        {
            var second = index + 1 < members.Length ? members[index + 1] : 0;
            memory.Region.Write(place, members[index] | ((ulong)second << 32));
        }

        StoreCount(leaf, members.Length);
        return leaf;
    }

    /// <summary>Puts a member behind the last one of a leaf that is not full, and returns where the leaf is now.</summary>
    public uint Append(uint leaf, uint member)
    {
        var count = CountOf(leaf);
        if (!IsHidden(leaf) || count == CapacityOf(leaf))
        {
            Span<uint> members = stackalloc uint[BlockLayout.LeafCapacity];
            _ = Read(leaf, members);
            members[count] = member;
            return Store(leaf, members[..(count + 1)]);
        }

        var place = OffsetOf(leaf) + BlockLayout.LeafMembersOffset + (count / 2 * BlockLayout.WordSize);
        var word = count % 2 == 0 ? member : (memory.Region.Read(place) & uint.MaxValue) | ((ulong)member << 32);
        memory.Region.Write(place, word);
        StoreCount(leaf, count + 1);
        return leaf;
    }

    /// <summary>Lets a block go: at once when nobody can see it, else when nobody may read it any more.</summary>
    public void Discard(uint reference)
    {
        if (IsHidden(reference))
        {
            blocks.Free(reference);
        }
        else
        {
            retention.Retire(Revision, reference);
        }
    }

    private static long OffsetOf(uint reference) => (long)reference * BlockLayout.WordSize;

    private void StoreCount(uint leaf, int count)
    {
        var offset = OffsetOf(leaf) + BlockLayout.DescriptorOffset;
        memory.Region.Write(offset, (memory.Region.Read(offset) & 0x0000_FFFF_FFFF_FFFF) | ((ulong)count << 48));
    }
}
