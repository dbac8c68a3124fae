using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Writing;

/// <summary>Applies changes to tables: their entries, rows and indexes.</summary>
/// <remarks>Writer thread only. A change that does not fit the state throws; then the writer must be opened anew.</remarks>
internal sealed class TableChanges(SegmentMemory memory, EntryWriter entries, ListWriter lists, ListOwner owners, TableIndexes indexes)
{
    private const int IdBits = 40;
    private readonly Dictionary<string, OpenTable> _open = [];
    private readonly byte[] _key = new byte[BlockLayout.MaximumKeySize];
    private uint? _directory;
    private OpenTable? _last;

    /// <summary>Forgets what was looked up; slots may change hands between commits.</summary>
    public void Reset()
    {
        _open.Clear();
        _directory = null;
        _last = null;
    }

    /// <summary>A table behind the last one, without rows.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="schema">Its columns.</param>
    /// <param name="created">The commit that created it.</param>
    public void Create(string name, TableSchema schema, long created)
    {
        var key = NameKey(name);
        var hash = memory.HashOf(key);
        var slot = entries.FindAny(key, hash);
        if (slot is { } known && !entries.IsTombstone(known))
        {
            throw Inconsistent($"Table {name} is there already.");
        }

        var directory = Directory();
        var place = entries.MakeHidden(directory) + BlockLayout.KeyOffset + SegmentKey.TableWordSize + BlockLayout.TableIdOffset;
        var id = (long)memory.Region.Read(place);
        if (id >= 1L << IdBits)
        {
            throw Inconsistent("There were too many tables.");
        }

        memory.Region.Write(place, (ulong)id + 1);
        var rest = entries.Builder.Table(TableEntryKind.Table, key, entries.OlderFor(slot), BlockLayout.TableColumnsOffset + TableColumns.SizeOf(schema));
        BinaryPrimitives.WriteInt64LittleEndian(rest[BlockLayout.TableIdOffset..], id);
        BinaryPrimitives.WriteInt64LittleEndian(rest[BlockLayout.TableCreatedOffset..], created);
        TableColumns.Write(rest[BlockLayout.TableColumnsOffset..], schema);
        var entry = entries.Put(slot, hash);
        owners.Append(directory, entry);
        _last = _open[name] = new(name, id, entry, schema);
    }

    /// <summary>A table goes, and all its rows.</summary>
    public void Drop(string name)
    {
        var table = Select(name);
        Span<byte> scratch = stackalloc byte[sizeof(long)];
        foreach (var slot in owners.Members(table.Slot))
        {
            var entry = entries.Load(slot);
            var row = ReadRow(table, entry);
            foreach (var column in table.IndexedColumns)
            {
                indexes.RemoveAll(table.Id, column, RowReader.Of(table.Schema, row, default).IndexedValue(column, scratch));
            }

            entries.Delete(slot, BlockKind.Table, RowKey(table, row.Key.Span));
        }

        lists.Discard(entries.Load(table.Slot).ListReference);
        owners.Remove(Directory(), table.Slot);
        entries.Delete(table.Slot, BlockKind.Table, NameKey(name));
        _open.Remove(name);
        _last = null;
    }

    /// <summary>A row behind the last one.</summary>
    /// <param name="name">The table.</param>
    /// <param name="row">The row.</param>
    /// <param name="stampRevision">The revision to put into the stamp when it is not the one being written.</param>
    public void Insert(string name, TableRow row, long? stampRevision = null)
    {
        var table = Select(name);
        Check(table, row);
        var key = RowKey(table, row.Key.Span);
        var hash = memory.HashOf(key);
        var slot = entries.FindAny(key, hash);
        if (slot is { } known && !entries.IsTombstone(known))
        {
            throw Inconsistent("Two rows have one primary key.");
        }

        var place = Put(slot, key, hash, row, stampRevision);
        owners.Append(table.Slot, place);
        var reader = new RowReader(table.Schema, row.Key.Span, row.Content.Span, default);
        Span<byte> scratch = stackalloc byte[sizeof(long)];
        foreach (var column in table.IndexedColumns)
        {
            indexes.Add(table.Id, column, reader.IndexedValue(column, scratch), place, IsUnique(table, column));
        }
    }

    /// <summary>A row gets other values.</summary>
    public void Update(string name, TableRow row)
    {
        var table = Select(name);
        Check(table, row);
        var key = RowKey(table, row.Key.Span);
        var slot = entries.FindLive(key) ?? throw Inconsistent("A row is not there.");
        var before = ReadRow(table, entries.Load(slot));
        _ = Put(slot, key, memory.HashOf(key), row, null);
        var old = RowReader.Of(table.Schema, before, default);
        var next = RowReader.Of(table.Schema, row, default);
        Span<byte> oldScratch = stackalloc byte[sizeof(long)];
        Span<byte> nextScratch = stackalloc byte[sizeof(long)];
        foreach (var column in table.IndexedColumns)
        {
            var oldValue = old.IndexedValue(column, oldScratch);
            var nextValue = next.IndexedValue(column, nextScratch);
            if (!oldValue.SequenceEqual(nextValue))
            {
                indexes.Remove(table.Id, column, oldValue, slot);
                indexes.Add(table.Id, column, nextValue, slot, IsUnique(table, column));
            }
        }
    }

    /// <summary>A row goes.</summary>
    public void Delete(string name, ReadOnlySpan<byte> rowKey)
    {
        var table = Select(name);
        var slot = entries.FindLive(RowKey(table, rowKey)) ?? throw Inconsistent("A row is not there.");
        var row = RowReader.Of(table.Schema, ReadRow(table, entries.Load(slot)), default);
        Span<byte> scratch = stackalloc byte[sizeof(long)];
        foreach (var column in table.IndexedColumns)
        {
            indexes.Remove(table.Id, column, row.IndexedValue(column, scratch), slot);
        }

        owners.Remove(table.Slot, slot);
        entries.Delete(slot, BlockKind.Table, RowKey(table, rowKey));
    }

    private static bool IsUnique(OpenTable table, int column) => table.Schema.Columns[column].Index == ColumnIndex.Unique;

    private uint Put(uint? slot, ReadOnlySpan<byte> key, ulong hash, TableRow row, long? stampRevision)
    {
        row.Content.Span.CopyTo(entries.Builder.Table(TableEntryKind.Row, key, entries.OlderFor(slot), row.Content.Length));
        return entries.Put(slot, hash, stampRevision);
    }

    private TableRow ReadRow(OpenTable table, EntryCopy entry) => TableReader.IsRow(entry, table.Id, table.Schema)
        ? new RowReader(table.Schema, entry.Key[SegmentKey.TableWordSize..], entry.RowContent, default).ToRow()
        : throw memory.Corrupt("A row does not fit its table.");

    private void Check(OpenTable table, TableRow row)
    {
        if (!table.Schema.IsRow(row))
        {
            throw Inconsistent("A row does not fit its table.");
        }
    }

    private OpenTable Select(string name)
    {
        if (_last is { } last && last.Name == name)
        {
            return last;
        }

        if (!_open.TryGetValue(name, out var table))
        {
            var slot = entries.FindLive(NameKey(name)) ?? throw Inconsistent($"Table {name} is not there.");
            var entry = entries.Load(slot);
            var schema = TableReader.ToSchema(entry) ?? throw memory.Corrupt("The columns of a table are none.");
            table = new(name, entry.TableId, slot, schema);
            _open.Add(name, table);
        }

        _last = table;
        return table;
    }

    private uint Directory()
    {
        if (_directory is { } known)
        {
            return known;
        }

        Span<byte> key = stackalloc byte[SegmentKey.TableWordSize];
        _ = SegmentKey.WriteTable(key, 0, SegmentKey.RowNumber, default);
        var hash = memory.HashOf(key);
        _directory = entries.FindAny(key, hash);
        if (_directory is null)
        {
            var rest = entries.Builder.Table(TableEntryKind.Directory, key, 0, BlockLayout.TableIdOffset + BlockLayout.WordSize);
            rest[BlockLayout.TableIdOffset] = 1;
            _directory = entries.Put(null, hash);
        }

        return _directory.Value;
    }

    // Good until the next key is asked for.
    private ReadOnlySpan<byte> RowKey(OpenTable table, ReadOnlySpan<byte> value) => table.Schema.IsValue(table.Schema.PrimaryKey, value)
        ? _key.AsSpan(0, SegmentKey.WriteTable(_key, table.Id, SegmentKey.RowNumber, value))
        : throw Inconsistent("A primary key is none.");

    private ReadOnlySpan<byte> NameKey(string name)
    {
        Span<byte> bytes = stackalloc byte[TableLimits.MaximumNameBytes];
        return TableSchema.IsName(name)
            ? _key.AsSpan(0, SegmentKey.WriteTable(_key, 0, SegmentKey.RowNumber, bytes[..Encoding.ASCII.GetBytes(name, bytes)]))
            : throw Inconsistent("A table's name is none.");
    }

    private SegmentException Inconsistent(string message) => new(SegmentError.Inconsistent, memory.Path, message);

    private sealed record OpenTable(string Name, long Id, uint Slot, TableSchema Schema)
    {
        public int[] IndexedColumns { get; } = [.. Schema.Indexed];
    }
}
