// Invariants, on top of those of SegmentRecovery:
// - Each table is in the directory once, and each row in its table's list once.
// - For each indexed column each row is in the list of the value that it holds, and in no other: the lists name only rows
//   that hold the value, none twice, and as many as there are rows.
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Writing;

/// <summary>Verifies the tables of a file that a writer left.</summary>
internal sealed class TableRecovery(SegmentRecovery recovery, SegmentMemory memory, EntryReader reader)
{
    private const int BitsInWord = 64;
    private const int ValuesAhead = 8;
    private readonly List<uint> _values = [];
    private readonly Dictionary<long, CheckedTable> _tables = [];

    // For each place of a column the slots of the rows that a value has led to; a row is of one table.
    private readonly ulong[]?[] _seen = new ulong[TableLimits.MaximumColumns][];
    private long _tableCount;
    private long _rowCount;
    private bool _hasDirectory;

    /// <summary>Takes note of the entry that the reader has just copied from a slot.</summary>
    public void Note(uint slot)
    {
        switch (reader.Entry.TableKind)
        {
            case TableEntryKind.Row:
                _rowCount++;
                break;
            case TableEntryKind.Value:
                _values.Add(slot);
                break;
            case TableEntryKind.Table:
                _tableCount++;
                break;
            default:
                SegmentRecovery.Require(memory, !_hasDirectory, "there are two directories of tables");
                _hasDirectory = true;
                break;
        }
    }

    /// <summary>Checks all tables, once every slot has been noted.</summary>
    public void Check(long visible)
    {
        if (_hasDirectory)
        {
            Span<byte> key = stackalloc byte[SegmentKey.TableWordSize];
            _ = SegmentKey.WriteTable(key, 0, SegmentKey.RowNumber, default);
            Require(reader.Find(key, visible) == LookupResult.Found && IsKind(TableEntryKind.Directory), "the directory of tables is not found");
            CheckTables(reader.Entry.TableId);
        }

        Require(_tables.Count == _tableCount, "a table is not in the directory");
        Require(_tables.Values.Sum(table => (long)table.RowCount) == _rowCount, "a row is in no table");
        for (var index = 0; index < _values.Count; index++)
        {
            if (index + ValuesAhead < _values.Count)
            {
                PrefetchHead(_values[index + ValuesAhead]);
            }

            CheckValue(_values[index], visible);
        }

        Require(_tables.Values.All(table => table.IsComplete), "a row is not found by what it holds");
    }

    private void CheckTables(long nextId)
    {
        foreach (var slot in recovery.Members())
        {
            recovery.LoadMember(slot, BlockKind.Table);
            var id = reader.Entry.TableId;
            var isTable = IsKind(TableEntryKind.Table) && id > 0 && id < nextId
                && reader.Entry.TableWord == SegmentKey.TableWord(0, SegmentKey.RowNumber) && SegmentKey.IsName(reader.Entry.Key[SegmentKey.TableWordSize..]);
            var schema = isTable ? TableReader.ToSchema(reader.Entry) : null;
            if (schema is null)
            {
                throw SegmentRecovery.NotKept(memory, "the directory names something that is no table");
            }

            var table = new CheckedTable(schema, reader.Entry.ListCount);
            Require(_tables.TryAdd(id, table), "two tables have one id");
            foreach (var row in recovery.Members())
            {
                recovery.LoadMember(row, BlockKind.Table);
                Require(TableReader.IsRow(reader.Entry, id, schema), "a table lists a row that is not its own");
            }
        }
    }

    private void CheckValue(uint slot, long visible)
    {
        Require(reader.FindAt(slot, visible) == LookupResult.Found && IsKind(TableEntryKind.Value), "a value of a column is not there");
        var (id, number) = SegmentKey.ReadTableWord(reader.Entry.TableWord);
        var value = reader.Entry.Key[SegmentKey.TableWordSize..].ToArray();
        var column = number - 1;
        if (!_tables.TryGetValue(id, out var table) || !table.Schema.Indexed.Contains(column) || !table.Schema.IsValue(column, value))
        {
            throw SegmentRecovery.NotKept(memory, "a value belongs to no column");
        }

        var count = reader.Entry.ListCount;
        Require(table.Schema.Columns[column].Index != ColumnIndex.Unique || count == 1, "two rows have one value in a unique column");
        if (count == 1)
        {
            CheckRow(table, id, column, value, reader.Entry.ListReference, visible);
            return;
        }

        Require(count > 1, "a value is held by no row");
        foreach (var row in recovery.Members())
        {
            CheckRow(table, id, column, value, row, visible);
        }
    }

    private void CheckRow(CheckedTable table, long id, int column, byte[] value, uint row, long visible)
    {
        Require(memory.IsSlot(row) && reader.FindAt(row, visible) == LookupResult.Found && TableReader.IsRow(reader.Entry, id, table.Schema), "a value leads to something that is no row");
        Span<byte> scratch = stackalloc byte[sizeof(long)];
        var held = new RowReader(table.Schema, reader.Entry.Key[SegmentKey.TableWordSize..], reader.Entry.RowContent, default).IndexedValue(column, scratch);
        Require(held.SequenceEqual(value), "a value leads to a row that does not hold it");
        var seen = _seen[column] ??= new ulong[(memory.BucketCount * IndexLayout.SlotsInBucket / BitsInWord) + 1];
        ref var word = ref seen[row / BitsInWord];
        var bit = 1UL << (int)(row % BitsInWord);
        Require((word & bit) == 0, "a row holds a value twice");
        word |= bit;
        table.Held[column]++;
    }

    private void PrefetchHead(uint slot) =>
        memory.Region.Prefetch((long)BlockLayout.Low(memory.Region.Read(memory.OffsetOfSlot(slot))) * BlockLayout.WordSize);

    private bool IsKind(TableEntryKind kind) => reader.Entry.Kind == BlockKind.Table && reader.Entry.TableKind == kind;

    private void Require(bool isTrue, string otherwise) => SegmentRecovery.Require(memory, isTrue, otherwise);

    private sealed class CheckedTable(TableSchema schema, int rowCount)
    {
        public TableSchema Schema { get; } = schema;

        public int RowCount { get; } = rowCount;

        /// <summary>For each column how many rows values have led to.</summary>
        public int[] Held { get; } = new int[schema.Columns.Count];

        public bool IsComplete => Schema.Indexed.All(column => Held[column] == RowCount);
    }
}
