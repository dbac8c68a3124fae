using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Changes the list in an entry together with its count of members.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class ListOwner(SegmentMemory memory, EntryWriter entries, ListWriter lists)
{
    /// <summary>Puts a member at the end.</summary>
    public void Append(uint owner, uint slot)
    {
        var (place, list, count) = Open(owner);
        Close(place, lists.Append(list, slot), count + 1);
    }

    /// <summary>Moves a member to a position, 0-based after it has moved.</summary>
    public void Move(uint owner, uint slot, int position)
    {
        var (place, list, count) = Open(owner);
        if (position < 0 || position >= count)
        {
            throw new SegmentException(SegmentError.Inconsistent, memory.Path, "A section is moved to a place beyond the last one.");
        }

        Close(place, lists.Insert(lists.Remove(list, slot), position, slot), count);
    }

    /// <summary>Takes a member out.</summary>
    public void Remove(uint owner, uint slot)
    {
        var (place, list, count) = Open(owner);
        Close(place, lists.Remove(list, slot), count - 1);
    }

    /// <summary>Puts another member in the place of one.</summary>
    public void Replace(uint owner, uint slot, uint newSlot)
    {
        var (place, list, count) = Open(owner);
        Close(place, lists.Replace(list, slot, newSlot), count);
    }

    /// <summary>The members in order; a copy.</summary>
    public uint[] Members(uint owner)
    {
        var entry = entries.Load(owner);
        return lists.Members(entry.ListReference, entry.ListCount);
    }

    private (long Place, uint List, int Count) Open(uint owner)
    {
        var start = entries.MakeHidden(owner);
        var place = start + BlockLayout.ListOffsetOf(memory.Region.Read(start + BlockLayout.DescriptorOffset));
        var word = memory.Region.Read(place);
        return (place, BlockLayout.Low(word), (int)BlockLayout.High(word));
    }

    private void Close(long place, uint list, int count) => memory.Region.Write(place, (ulong)EntryBuilder.ListWord(list, count));
}
