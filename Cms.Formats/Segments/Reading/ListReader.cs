using System.Buffers.Binary;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Goes through the members of a list as of a revision, one leaf at a time.</summary>
internal static class ListReader
{
    /// <summary>The slot numbers of the members in order.</summary>
    /// <param name="reader">Reads the blocks; may be used for other things between two members.</param>
    /// <param name="reference">The list's first block, 0 when it is empty.</param>
    /// <param name="count">How many members its owner says it has.</param>
    /// <param name="revision">The revision of the owner's reader.</param>
    /// <exception cref="SnapshotTooOldException">The revision is no longer kept.</exception>
    /// <exception cref="SegmentException">The list contradicts itself.</exception>
    public static IEnumerable<uint> Members(EntryReader reader, uint reference, int count, long revision)
    {
        var seen = 0L;
        foreach (var leaf in Leaves(reader, reference, revision))
        {
            var members = Leaf(reader, leaf, revision);
            seen += members.Length;
            if (seen > count)
            {
                break;
            }

            foreach (var member in members)
            {
                yield return member;
            }
        }

        if (seen != count)
        {
            throw reader.Memory.Corrupt("A list does not have as many members as its owner says.");
        }
    }

    /// <summary>The references of the leaves in order.</summary>
    public static IReadOnlyList<uint> Leaves(EntryReader reader, uint reference, long revision)
    {
        if (reference == 0)
        {
            return [];
        }

        Load(reader, reference, revision);
        if (reader.Entry.Kind == BlockKind.Leaf)
        {
            return [reference];
        }

        var bytes = reader.Entry.Bytes;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[BlockLayout.RootHeadOffset..]);
        if (reader.Entry.Kind != BlockKind.Root || count > (bytes.Length - BlockLayout.RootLeavesOffset) / BlockLayout.RootLeafSize)
        {
            throw reader.Memory.Corrupt("A list does not begin as one.");
        }

        var leaves = new uint[count];
        for (var index = 0; index < leaves.Length; index++)
        {
            leaves[index] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(BlockLayout.RootLeavesOffset + (index * BlockLayout.RootLeafSize))..]);
        }

        return leaves;
    }

    /// <summary>The slot numbers in one leaf.</summary>
    public static uint[] Leaf(EntryReader reader, uint reference, long revision)
    {
        var members = new uint[BlockLayout.LeafCapacity];
        return members[..Leaf(reader, reference, revision, members)];
    }

    /// <summary>Copies the slot numbers in one leaf to memory for <see cref="BlockLayout.LeafCapacity"/> of them; returns how many there are.</summary>
    public static int Leaf(EntryReader reader, uint reference, long revision, uint[] members)
    {
        Load(reader, reference, revision);
        var count = BlockLayout.CountOf(reader.Entry.Descriptor);
        var bytes = reader.Entry.Bytes;
        if (reader.Entry.Kind != BlockKind.Leaf || count > members.Length || count > (bytes.Length - BlockLayout.LeafMembersOffset) / sizeof(uint))
        {
            throw reader.Memory.Corrupt("A leaf of a list is none.");
        }

        for (var index = 0; index < count; index++)
        {
            members[index] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(BlockLayout.LeafMembersOffset + (index * sizeof(uint)))..]);
        }

        return count;
    }

    private static void Load(EntryReader reader, uint reference, long revision)
    {
        if (reader.ReadBlock(reference, revision) == LookupResult.TooOld)
        {
            throw new SnapshotTooOldException(new Revision(revision));
        }
    }
}
