// Invariants: those of LeafWriter. Leaf ids of one root are never given twice.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Reads and changes the roots of lists with more than one leaf.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class RootWriter(SegmentMemory memory, BlockStore blocks, LeafWriter leaves, EntryBuilder builder)
{
    /// <summary>How many leaves a root has.</summary>
    public int CountOf(uint root) => (int)(memory.Region.Read(OffsetOf(root) + BlockLayout.RootHeadOffset) & int.MaxValue);

    /// <summary>The leaf at a place.</summary>
    public LeafLink LinkAt(uint root, int index)
    {
        var offset = OffsetOfLink(root, index);
        var word = memory.Region.Read(offset);
        return new(BlockLayout.Low(word), BlockLayout.High(word), BlockLayout.Low(memory.Region.Read(offset + BlockLayout.WordSize)));
    }

    /// <summary>The place of the leaf with an id, or null.</summary>
    public int? FindId(uint root, uint id)
    {
        var count = CountOf(root);
        if (FindInOrder(root, count, id) is { } found)
        {
            return found;
        }

        var offset = OffsetOfLink(root, 0) + BlockLayout.WordSize;
        for (var index = 0; index < count; index++, offset += BlockLayout.RootLeafSize)
        {
            if (memory.Region.Read(offset) == id)
            {
                return index;
            }
        }

        return null;
    }

    // Ids rise as long as leaves were only put behind the last one; then half of them can be left out at each look.
    private int? FindInOrder(uint root, int count, uint id)
    {
        var (first, last) = (0, count - 1);
        while (first <= last)
        {
            var middle = (first + last) / 2;
            var seen = memory.Region.Read(OffsetOfLink(root, middle) + BlockLayout.WordSize);
            if (seen == id)
            {
                return middle;
            }

            (first, last) = seen < id ? (middle + 1, last) : (first, middle - 1);
        }

        return null;
    }

    /// <summary>The place of the leaf that holds, or would hold, the member at a position; the position inside it.</summary>
    public (int Leaf, int Position) FindPosition(uint root, int position)
    {
        var count = CountOf(root);
        for (var index = 0; index < count - 1; index++)
        {
            var members = (int)LinkAt(root, index).Count;
            if (position <= members)
            {
                return (index, position);
            }

            position -= members;
        }

        return (count - 1, position);
    }

    /// <summary>A root over one leaf, whose id is 1.</summary>
    public uint Put(LeafLink leaf) => Put([leaf], leaf.Id + 1);

    /// <summary>Changes what a root says of one leaf and returns where the root is now.</summary>
    public uint SetLink(uint root, int index, LeafLink link)
    {
        if (LinkAt(root, index) == link)
        {
            return root;
        }

        if (!leaves.IsHidden(root))
        {
            var links = Read(root, out var nextId);
            links[index] = link;
            return Move(root, links, nextId);
        }

        StoreLink(root, index, link);
        return root;
    }

    /// <summary>Puts another leaf at a place, under a new id, and returns where the root is now.</summary>
    public uint InsertLeaf(uint root, int index, uint leaf, uint count, out uint id)
    {
        var head = memory.Region.Read(OffsetOf(root) + BlockLayout.RootHeadOffset);
        id = (uint)(head >> 32);
        var leafCount = CountOf(root);
        var link = new LeafLink(leaf, count, id);
        var capacity = (blocks.SizeOf(root) - BlockLayout.RootLeavesOffset) / BlockLayout.RootLeafSize;
        if (index == leafCount && leafCount < capacity && leaves.IsHidden(root))
        {
            StoreLink(root, index, link);
            memory.Region.Write(OffsetOf(root) + BlockLayout.RootHeadOffset, (uint)(leafCount + 1) | ((ulong)(id + 1) << 32));
            return root;
        }

        var links = new List<LeafLink>(Read(root, out _));
        links.Insert(index, link);
        return Move(root, [.. links], id + 1);
    }

    /// <summary>Takes a leaf out and returns where the root is now; 0 when it was the last.</summary>
    public uint RemoveLeaf(uint root, int index)
    {
        var links = new List<LeafLink>(Read(root, out var nextId));
        links.RemoveAt(index);
        if (links.Count > 0)
        {
            return Move(root, [.. links], nextId);
        }

        leaves.Discard(root);
        return 0;
    }

    private static long OffsetOf(uint reference) => (long)reference * BlockLayout.WordSize;

    private static long OffsetOfLink(uint root, int index) =>
        OffsetOf(root) + BlockLayout.RootLeavesOffset + ((long)index * BlockLayout.RootLeafSize);

    private void StoreLink(uint root, int index, LeafLink link)
    {
        var offset = OffsetOfLink(root, index);
        memory.Region.Write(offset, link.Reference | ((ulong)link.Count << 32));
        memory.Region.Write(offset + BlockLayout.WordSize, link.Id);
    }

    private LeafLink[] Read(uint root, out uint nextId)
    {
        nextId = (uint)(memory.Region.Read(OffsetOf(root) + BlockLayout.RootHeadOffset) >> 32);
        var links = new LeafLink[CountOf(root)];
        for (var index = 0; index < links.Length; index++)
        {
            links[index] = LinkAt(root, index);
        }

        return links;
    }

    private uint Move(uint root, ReadOnlySpan<LeafLink> links, uint nextId)
    {
        var moved = Put(links, nextId);
        leaves.Discard(root);
        return moved;
    }

    private uint Put(ReadOnlySpan<LeafLink> links, uint nextId)
    {
        builder.Root(links, nextId, links.Length + 1 + (links.Length / 4));
        return blocks.Put(builder, leaves.Revision);
    }
}
