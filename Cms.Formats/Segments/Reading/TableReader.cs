using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Reading;

/// <summary>Finds tables, rows and values of indexed columns as of a revision.</summary>
/// <remarks>One thread at a time. A row is in the reader's copy, until the reader is used again.</remarks>
internal sealed class TableReader(EntryReader reader, long revision)
{
    /// <summary>What is read at; readers of several revisions may share an <see cref="EntryReader"/>.</summary>
    public long Revision => revision;

    /// <summary>What it reads with.</summary>
    public EntryReader Entries => reader;

    /// <summary>How many tables there are.</summary>
    public int Count => Find(0, SegmentKey.RowNumber, default, TableEntryKind.Directory) ? reader.Entry.ListCount : 0;

    /// <summary>The names of the tables in the order of their creation.</summary>
    public IEnumerable<string> Names()
    {
        if (!Find(0, SegmentKey.RowNumber, default, TableEntryKind.Directory))
        {
            yield break;
        }

        var tables = new SlotCursor(reader, reader.Entry.ListReference, reader.Entry.ListCount, Revision);
        while (tables.MoveNext())
        {
            Load(tables.Current, TableEntryKind.Table);
            yield return Encoding.Latin1.GetString(reader.Entry.Key[SegmentKey.TableWordSize..]);
        }
    }

    /// <summary>A table; null when there is none of this name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="known">What an earlier call returned; its columns are not read again when it is the same table.</param>
    public TableState? FindTable(string name, TableState? known = null)
    {
        Span<byte> bytes = stackalloc byte[TableLimits.MaximumNameBytes];
        if (!TableSchema.IsName(name) || !Find(0, SegmentKey.RowNumber, bytes[..Encoding.ASCII.GetBytes(name, bytes)], TableEntryKind.Table))
        {
            return null;
        }

        var entry = reader.Entry;
        var isKnown = known is { } before && before.Id == entry.TableId && before.Name == name;
        var schema = (isKnown ? known!.Value.Schema : ToSchema(entry)) ?? throw reader.Memory.Corrupt("The columns of a table are none.");
        return new(name, schema, entry.TableId, CreatedOf(entry), entry.Size, entry.ListReference, entry.ListCount);
    }

    /// <summary>Whether there is a row with this primary key; then it is in the copy.</summary>
    public bool FindRow(in TableState table, ReadOnlySpan<byte> key)
    {
        var isFound = table.Schema.IsValue(table.Schema.PrimaryKey, key) && Find(table.Id, SegmentKey.RowNumber, key, TableEntryKind.Row);
        if (isFound)
        {
            CheckRow(table);
        }

        return isFound;
    }

    /// <summary>The slots of all rows in the order of their insertion.</summary>
    public SlotCursor Rows(in TableState table) => new(reader, table.List, table.RowCount, Revision);

    /// <summary>The slots of the rows that hold a value in a column with an index; null when there are none.</summary>
    public SlotCursor? Rows(in TableState table, int column, ReadOnlySpan<byte> value)
    {
        if (!table.Schema.IsValue(column, value) || !Find(table.Id, column + 1, value, TableEntryKind.Value))
        {
            return null;
        }

        var (list, count) = (reader.Entry.ListReference, reader.Entry.ListCount);
        return count == 1 ? new(reader, list) : new(reader, list, count, Revision);
    }

    /// <summary>Bytes of the entry of an indexed value and the number of its rows; both 0 when no row holds it.</summary>
    public (int EntryBytes, int RowCount) Measure(in TableState table, int column, ReadOnlySpan<byte> value) =>
        Find(table.Id, column + 1, value, TableEntryKind.Value) ? (reader.Entry.Size, reader.Entry.ListCount) : (0, 0);

    /// <summary>Bytes of the blocks of all rows.</summary>
    public long MeasureRows(in TableState table)
    {
        var bytes = 0L;
        var rows = Rows(table);
        while (rows.MoveNext())
        {
            LoadRow(table, rows.Current);
            bytes += reader.Entry.Size;
        }

        return bytes;
    }

    /// <summary>Copies the row in a slot.</summary>
    public void LoadRow(in TableState table, uint slot)
    {
        Load(slot, TableEntryKind.Row);
        CheckRow(table);
    }

    /// <summary>The row in the copy.</summary>
    public RowReader Row(TableSchema schema) => new(
        schema, reader.Entry.Key[SegmentKey.TableWordSize..], reader.Entry.RowContent, new(reader.Entry.Revision));

    /// <summary>The columns that a table's entry holds; null when they are none.</summary>
    public static TableSchema? ToSchema(EntryCopy entry) =>
        TableColumns.TryRead(entry.Bytes[(BlockLayout.ListOffsetOf(entry.Descriptor) + BlockLayout.TableColumnsOffset)..]);

    /// <summary>Whether an entry is a row of a table and keeps the format.</summary>
    public static bool IsRow(EntryCopy entry, long table, TableSchema schema) =>
        entry.Kind == BlockKind.Table && entry.TableKind == TableEntryKind.Row && entry.TableWord == SegmentKey.TableWord(table, SegmentKey.RowNumber)
        && schema.IsValue(schema.PrimaryKey, entry.Key[SegmentKey.TableWordSize..]) && schema.MeasureContent(entry.RowContent) is not null;

    private static Revision CreatedOf(EntryCopy entry) => new(System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(
        entry.Bytes[(BlockLayout.ListOffsetOf(entry.Descriptor) + BlockLayout.TableCreatedOffset)..]));

    private bool Find(long table, int number, ReadOnlySpan<byte> rest, TableEntryKind kind)
    {
        Span<byte> key = stackalloc byte[SegmentKey.TableWordSize + TableLimits.MaximumKeyBytes];
        var result = reader.Find(key[..SegmentKey.WriteTable(key, table, number, rest)], Revision);
        return result switch
        {
            LookupResult.Missing => false,
            LookupResult.TooOld => throw new SnapshotTooOldException(new(Revision)),
            _ when reader.Entry.Kind == BlockKind.Table && reader.Entry.TableKind == kind => true,
            _ => throw reader.Memory.Corrupt("The key of a table's entry leads to something else."),
        };
    }

    private void Load(uint slot, TableEntryKind kind)
    {
        var result = reader.FindAt(slot, Revision);
        if (result == LookupResult.TooOld)
        {
            throw new SnapshotTooOldException(new(Revision));
        }

        if (result != LookupResult.Found || reader.Entry.Kind != BlockKind.Table || reader.Entry.TableKind != kind)
        {
            throw reader.Memory.Corrupt("A list names an entry that is not there.");
        }
    }

    private void CheckRow(in TableState table)
    {
        if (!IsRow(reader.Entry, table.Id, table.Schema))
        {
            throw reader.Memory.Corrupt("A row does not fit its table.");
        }
    }
}

/// <summary>A table's entry as of a revision.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">Its columns.</param>
/// <param name="Id">What the keys of its rows begin with.</param>
/// <param name="Created">The commit that created it.</param>
/// <param name="EntryBytes">Bytes of its entry's block.</param>
/// <param name="List">The list of its rows.</param>
/// <param name="RowCount">How many they are.</param>
internal readonly record struct TableState(string Name, TableSchema Schema, long Id, Revision Created, int EntryBytes, uint List, int RowCount);
