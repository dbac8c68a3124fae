// Invariants:
// - The entry of a value has the rows that hold it as its list: one row as itself in the place of the list's reference,
//   more of them as any other list. A value that no row holds has no entry.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Changes the entries of the values of indexed columns.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class TableIndexes(SegmentMemory memory, EntryWriter entries, LeafWriter leaves, RootWriter roots)
{
    private readonly byte[] _key = new byte[BlockLayout.MaximumKeySize];

    // One for each column of a table, since each remembers in which leaf a row is.
    private readonly List<ListWriter> _lists = [];

    /// <summary>A row holds a value from now on.</summary>
    /// <param name="table">The table's id.</param>
    /// <param name="column">The place of the column.</param>
    /// <param name="value">The value, as a key holds it.</param>
    /// <param name="row">The slot of the row.</param>
    /// <param name="isUnique">Whether no other row may hold it.</param>
    public void Add(long table, int column, ReadOnlySpan<byte> value, uint row, bool isUnique)
    {
        var key = KeyOf(table, column, value);
        var hash = memory.HashOf(key);
        var slot = entries.FindAny(key, hash);
        if (slot is not { } known || entries.IsTombstone(known))
        {
            var rest = entries.Builder.Table(TableEntryKind.Value, key, entries.OlderFor(slot), BlockLayout.WordSize);
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(rest, EntryBuilder.ListWord(row, 1));
            _ = entries.Put(slot, hash);
            return;
        }

        if (isUnique)
        {
            throw Inconsistent("Two rows have one value in a unique column.");
        }

        var lists = ListsOf(column);
        var (place, list, count) = Open(known);
        list = lists.Append(count == 1 ? lists.Append(0, list) : list, row);
        memory.Region.Write(place, (ulong)EntryBuilder.ListWord(list, count + 1));
    }

    /// <summary>A row no longer holds a value.</summary>
    public void Remove(long table, int column, ReadOnlySpan<byte> value, uint row)
    {
        var key = KeyOf(table, column, value);
        var slot = entries.FindLive(key) ?? throw Inconsistent("A value of an indexed column is not there.");
        var entry = entries.Load(slot);
        if (entry.ListCount == 1)
        {
            _ = entry.ListReference == row ? true : throw Inconsistent("A value of an indexed column leads to another row.");
            entries.Delete(slot, BlockKind.Table, key);
            return;
        }

        var lists = ListsOf(column);
        var (place, list, count) = Open(slot);
        list = lists.Remove(list, row);
        if (count == 2)
        {
            var last = lists.Members(list, 1)[0];
            lists.Discard(list);
            list = last;
        }

        memory.Region.Write(place, (ulong)EntryBuilder.ListWord(list, count - 1));
    }

    /// <summary>No row holds a value any more; nothing happens when none did.</summary>
    public void RemoveAll(long table, int column, ReadOnlySpan<byte> value)
    {
        var key = KeyOf(table, column, value);
        if (entries.FindLive(key) is not { } slot)
        {
            return;
        }

        var entry = entries.Load(slot);
        if (entry.ListCount > 1)
        {
            ListsOf(column).Discard(entry.ListReference);
        }

        entries.Delete(slot, BlockKind.Table, key);
    }

    private ReadOnlySpan<byte> KeyOf(long table, int column, ReadOnlySpan<byte> value) =>
        _key.AsSpan(0, SegmentKey.WriteTable(_key, table, column + 1, value));

    private ListWriter ListsOf(int column)
    {
        while (_lists.Count <= column)
        {
            _lists.Add(new(memory, leaves, roots));
        }

        return _lists[column];
    }

    private (long Place, uint List, int Count) Open(uint slot)
    {
        var start = entries.MakeHidden(slot);
        var place = start + BlockLayout.ListOffsetOf(memory.Region.Read(start + BlockLayout.DescriptorOffset));
        var word = memory.Region.Read(place);
        return (place, BlockLayout.Low(word), (int)BlockLayout.High(word));
    }

    private SegmentException Inconsistent(string message) => new(SegmentError.Inconsistent, memory.Path, message);
}
