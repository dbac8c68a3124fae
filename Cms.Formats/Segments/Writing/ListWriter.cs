// Invariants:
// - A list of up to 126 members is one leaf, one of more than 252 a root over leaves, one in between either; an empty one is
//   reference 0. Two leaves side by side have more than 126 members together, so there are few leaves where there are few members.
// - A member of a list with a root has the id of its leaf as a hint in the writer's memory. A wrong or missing hint costs
//   time, never correctness.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Changes the order of sections in the module and of options in a section.</summary>
/// <remarks>
/// Writer thread only. Lists are named by the reference of their first block; every change returns the new one, which
/// the caller stores in the list's owner.
/// </remarks>
internal sealed class ListWriter(SegmentMemory memory, LeafWriter leaves, RootWriter roots)
{
    private readonly LeafHints _hints = new();
    private readonly uint[] _members = new uint[BlockLayout.LeafCapacity + 1];

    /// <summary>Puts a member at the end.</summary>
    public uint Append(uint list, uint slot)
    {
        if (list == 0)
        {
            return leaves.Put([slot], LeafWriter.FirstCapacity);
        }

        if (IsLeaf(list))
        {
            if (leaves.CountOf(list) < BlockLayout.LeafCapacity)
            {
                return leaves.Append(list, slot);
            }

            list = PutRoot(list);
        }

        var last = roots.CountOf(list) - 1;
        var link = roots.LinkAt(list, last);
        if (link.Count < BlockLayout.LeafCapacity)
        {
            _hints.Set(slot, link.Id);
            return roots.SetLink(list, last, link with { Reference = leaves.Append(link.Reference, slot), Count = link.Count + 1 });
        }

        var root = roots.InsertLeaf(list, last + 1, leaves.Put([slot], BlockLayout.LeafCapacity), 1, out var id);
        _hints.Set(slot, id);
        return root;
    }

    /// <summary>Puts a member at a position, 0 to the count of members.</summary>
    public uint Insert(uint list, int position, uint slot)
    {
        if (list == 0)
        {
            return Append(list, slot);
        }

        if (IsLeaf(list))
        {
            if (leaves.CountOf(list) < BlockLayout.LeafCapacity)
            {
                return InsertIntoLeaf(list, position, slot);
            }

            list = PutRoot(list);
        }

        var (place, inside) = roots.FindPosition(list, position);
        if (roots.LinkAt(list, place).Count == BlockLayout.LeafCapacity)
        {
            list = Split(list, place);
            (place, inside) = roots.FindPosition(list, position);
        }

        var link = roots.LinkAt(list, place);
        _hints.Set(slot, link.Id);
        return roots.SetLink(list, place, link with { Reference = InsertIntoLeaf(link.Reference, inside, slot), Count = link.Count + 1 });
    }

    /// <summary>Takes a member out.</summary>
    public uint Remove(uint list, uint slot)
    {
        var (place, position) = Locate(list, slot);
        var leaf = place is { } inRoot ? roots.LinkAt(list, inRoot) : new LeafLink(list, 0, 0);
        var count = leaves.Read(leaf.Reference, _members);
        if (count == 1)
        {
            leaves.Discard(leaf.Reference);
            return place is { } emptied ? WithoutNeedlessRoot(roots.RemoveLeaf(list, emptied)) : 0;
        }

        _members.AsSpan((position + 1)..count).CopyTo(_members.AsSpan(position));
        var stored = leaves.Store(leaf.Reference, _members.AsSpan(0, count - 1));
        return place is { } changed
            ? JoinSmall(roots.SetLink(list, changed, leaf with { Reference = stored, Count = leaf.Count - 1 }), changed)
            : stored;
    }

    /// <summary>Puts another member into the place of one.</summary>
    public uint Replace(uint list, uint slot, uint newSlot)
    {
        var (place, position) = Locate(list, slot);
        var leaf = place is { } inRoot ? roots.LinkAt(list, inRoot) : new LeafLink(list, 0, 0);
        var count = leaves.Read(leaf.Reference, _members);
        _members[position] = newSlot;
        _hints.Set(newSlot, leaf.Id);
        var stored = leaves.Store(leaf.Reference, _members.AsSpan(0, count));
        return place is { } changed ? roots.SetLink(list, changed, leaf with { Reference = stored }) : stored;
    }

    /// <summary>The members in order; a copy.</summary>
    public uint[] Members(uint list, int count)
    {
        var members = new uint[count + BlockLayout.LeafCapacity];
        var filled = 0;
        foreach (var leaf in Leaves(list))
        {
            filled += leaves.Read(leaf, members.AsSpan(filled));
        }

        return members[..filled];
    }

    /// <summary>Lets all blocks of a list go.</summary>
    public void Discard(uint list)
    {
        foreach (var leaf in Leaves(list))
        {
            leaves.Discard(leaf);
        }

        if (list != 0 && !IsLeaf(list))
        {
            leaves.Discard(list);
        }
    }

    private uint[] Leaves(uint list)
    {
        if (list == 0)
        {
            return [];
        }

        return IsLeaf(list) ? [list] : [.. Enumerable.Range(0, roots.CountOf(list)).Select(place => roots.LinkAt(list, place).Reference)];
    }

    private bool IsLeaf(uint list)
    {
        var descriptor = memory.Region.Read(((long)list * BlockLayout.WordSize) + BlockLayout.DescriptorOffset);
        return (BlockLayout.KindByte(descriptor) & BlockLayout.KindMask) == (int)BlockKind.Leaf;
    }

    private uint PutRoot(uint leaf)
    {
        const uint FirstId = 1;
        var count = leaves.Read(leaf, _members);
        SetHints(_members.AsSpan(0, count), FirstId);
        return roots.Put(new LeafLink(leaf, (uint)count, FirstId));
    }

    private uint InsertIntoLeaf(uint leaf, int position, uint slot)
    {
        var count = leaves.Read(leaf, _members);
        _members.AsSpan(position..count).CopyTo(_members.AsSpan(position + 1));
        _members[position] = slot;
        return leaves.Store(leaf, _members.AsSpan(0, count + 1));
    }

    private uint Split(uint root, int place)
    {
        var link = roots.LinkAt(root, place);
        var count = leaves.Read(link.Reference, _members);
        var kept = count / 2;
        var moved = leaves.Put(_members.AsSpan(kept..count), BlockLayout.LeafCapacity);
        root = roots.InsertLeaf(root, place + 1, moved, (uint)(count - kept), out var id);
        SetHints(_members.AsSpan(kept..count), id);
        return roots.SetLink(root, place, link with { Reference = leaves.Store(link.Reference, _members.AsSpan(0, kept)), Count = (uint)kept });
    }

    private uint JoinSmall(uint root, int place)
    {
        for (var left = Math.Max(0, place - 1); left <= place && left + 1 < roots.CountOf(root); left++)
        {
            if (roots.LinkAt(root, left).Count + roots.LinkAt(root, left + 1).Count <= BlockLayout.LeafCapacity / 2)
            {
                return WithoutNeedlessRoot(Join(root, left));
            }
        }

        return root;
    }

    private uint Join(uint root, int left)
    {
        var kept = roots.LinkAt(root, left);
        var gone = roots.LinkAt(root, left + 1);
        var count = leaves.Read(kept.Reference, _members);
        var more = leaves.Read(gone.Reference, _members.AsSpan(count));
        SetHints(_members.AsSpan(count, more), kept.Id);
        var joined = leaves.Put(_members.AsSpan(0, count + more), LeafWriter.Roomy(count + more));
        leaves.Discard(kept.Reference);
        leaves.Discard(gone.Reference);
        root = roots.SetLink(root, left, kept with { Reference = joined, Count = (uint)(count + more) });
        return roots.RemoveLeaf(root, left + 1);
    }

    private uint WithoutNeedlessRoot(uint root)
    {
        if (root == 0 || roots.CountOf(root) > 1)
        {
            return root;
        }

        var leaf = roots.LinkAt(root, 0).Reference;
        leaves.Discard(root);
        return leaf;
    }

    // The leaf's place in the root, null when the list is one leaf, and the member's place in the leaf.
    private (int? Place, int Position) Locate(uint list, uint slot)
    {
        if (list != 0 && IsLeaf(list))
        {
            return PositionIn(list, slot) is { } position ? (null, position) : throw NotThere();
        }

        if (list != 0 && roots.FindId(list, _hints.Of(slot)) is { } hinted && PositionIn(roots.LinkAt(list, hinted).Reference, slot) is { } found)
        {
            return (hinted, found);
        }

        return list != 0 && Search(list, slot) is { } searched ? searched : throw NotThere();
    }

    // A restart has forgotten the hints: one search brings back those of the whole list.
    private (int Place, int Position)? Search(uint root, uint slot)
    {
        (int, int)? found = null;
        for (var place = 0; place < roots.CountOf(root); place++)
        {
            var link = roots.LinkAt(root, place);
            found = PositionIn(link.Reference, slot) is { } position ? (place, position) : found;
            SetHints(_members.AsSpan(0, (int)link.Count), link.Id);
        }

        return found;
    }

    private SegmentException NotThere() => new(SegmentError.Inconsistent, memory.Path, "A list lacks a member that it should have.");

    private int? PositionIn(uint leaf, uint slot)
    {
        var count = leaves.Read(leaf, _members);
        var position = _members.AsSpan(0, count).IndexOf(slot);
        return position < 0 ? null : position;
    }

    private void SetHints(ReadOnlySpan<uint> slots, uint id)
    {
        foreach (var slot in slots)
        {
            _hints.Set(slot, id);
        }
    }
}
