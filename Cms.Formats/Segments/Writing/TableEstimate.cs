using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Writing;

/// <summary>Bounds from above what applying changes of tables takes out of a file; a part of <see cref="SpaceEstimate"/>.</summary>
/// <remarks>
/// Each row that is put and each tombstone counts with its block. What it does to the list of the table's rows and to the
/// lists of the values it holds is tallied, and the growth of each list is bounded once in each commit, as it is for sections.
/// </remarks>
internal sealed class TableEstimate
{
    private const int DirectoryBytes = BlockLayout.KeyOffset + SegmentKey.TableWordSize + BlockLayout.TableIdOffset + BlockLayout.WordSize;
    private readonly SegmentView _view;
    private readonly bool _mayChangeRows;
    private readonly Dictionary<string, TableTally?> _tables = [];
    private TableTally? _last;
    private readonly ListTally _directory;

    /// <summary>An estimate that has counted nothing yet.</summary>
    /// <param name="view">What the changes are applied to.</param>
    /// <param name="mayChangeRows">Whether any of them updates or deletes a row; then the rows of all are remembered.</param>
    public TableEstimate(SegmentView view, bool mayChangeRows)
    {
        _view = view;
        _mayChangeRows = mayChangeRows;
        _directory = new(view.TableEntries.Count, leaves: null);
    }

    /// <summary>Bytes of blocks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Slots of the index.</summary>
    public long Keys { get; private set; }

    /// <summary>Counts a change.</summary>
    public void Add(ModuleChange.OfTable change)
    {
        if (change is ModuleChange.TableCreated created)
        {
            Create(created);
            return;
        }

        // A change that does not fit is found when it is applied.
        if (TallyOf(change.Table) is not { } table)
        {
            return;
        }

        switch (change)
        {
            case ModuleChange.RowInserted inserted:
                Insert(table, inserted.Row);
                break;
            case ModuleChange.RowUpdated updated:
                Update(table, updated.Row);
                break;
            case ModuleChange.RowDeleted deleted:
                Delete(table, deleted.Key);
                break;
            default:
                Drop(table);
                break;
        }
    }

    /// <summary>Counts what the changes since the commit before did to lists.</summary>
    public void EndCommit()
    {
        foreach (var table in _tables.Values)
        {
            EndCommit(table);
        }

        if (_directory.IsChanged)
        {
            Keys++;
            Bytes += (2 * DirectoryBytes) + _directory.EndCommit();
        }
    }

    private void Create(ModuleChange.TableCreated created)
    {
        var table = new TableTally(created.Table, created.Schema, null);
        _tables[created.Table] = table;
        _last = table;
        table.EntryBytes = SizeClasses.RoundUp(BlockLayout.KeyOffset + WholeWords(SegmentKey.TableWordSize + created.Table.Length)
            + BlockLayout.TableColumnsOffset + TableColumns.SizeOf(created.Schema));
        Bytes += table.EntryBytes;
        Keys++;
        _directory.Add();
    }

    private void Insert(TableTally table, TableRow row)
    {
        if (!table.Schema.IsRow(row))
        {
            return;
        }

        PutRow(table, row);
        Keys++;
        table.List.Add();
        var reader = new RowReader(table.Schema, row.Key.Span, row.Content.Span, default);
        Span<byte> scratch = stackalloc byte[sizeof(long)];
        foreach (var column in table.Indexed)
        {
            Hold(table, column, reader.IndexedValue(column, scratch), isAdded: true);
        }
    }

    private void Update(TableTally table, TableRow row)
    {
        if (!table.Schema.IsRow(row))
        {
            return;
        }

        var before = Find(table, row.Key);
        PutRow(table, row);
        if (before is { } known)
        {
            var old = new RowReader(table.Schema, known.Key.Span, known.Content.Span, default);
            var next = new RowReader(table.Schema, row.Key.Span, row.Content.Span, default);
            Span<byte> oldScratch = stackalloc byte[sizeof(long)];
            Span<byte> nextScratch = stackalloc byte[sizeof(long)];
            foreach (var column in table.Indexed)
            {
                var oldValue = old.IndexedValue(column, oldScratch);
                var nextValue = next.IndexedValue(column, nextScratch);
                if (!oldValue.SequenceEqual(nextValue))
                {
                    Hold(table, column, oldValue, isAdded: false);
                    Hold(table, column, nextValue, isAdded: true);
                }
            }
        }
    }

    private void Delete(TableTally table, ReadOnlyMemory<byte> key)
    {
        Bytes += SizeClasses.RoundUp(BlockLayout.KeyOffset + SegmentKey.TableWordSize + Math.Min(key.Length, TableLimits.MaximumKeyBytes));
        table.List.Remove();
        if (Find(table, key) is { } known)
        {
            var old = new RowReader(table.Schema, known.Key.Span, known.Content.Span, default);
            Span<byte> scratch = stackalloc byte[sizeof(long)];
            foreach (var column in table.Indexed)
            {
                Hold(table, column, old.IndexedValue(column, scratch), isAdded: false);
            }
        }

        table.Rows[key] = null;
    }

    // Every row gets a tombstone, and so does every value that it holds; none of them is larger than the row.
    private void Drop(TableTally table)
    {
        var rows = table.PutBytes;
        if (table.Ground is { } ground)
        {
            rows += _view.TableEntries.MeasureRows(ground);
        }

        Bytes += rows * (1 + table.Indexed.Length);
        Bytes += SizeClasses.RoundUp(BlockLayout.KeyOffset + SegmentKey.TableWordSize + table.Name.Length);
        _directory.Remove();
        EndCommit(table);
        _tables[table.Name] = null;
        _last = null;
    }

    private void PutRow(TableTally table, TableRow row)
    {
        var size = SizeClasses.RoundUp(BlockLayout.KeyOffset + SegmentKey.TableWordSize + row.Key.Length + row.Content.Length);
        Bytes += size;
        table.PutBytes += size;
        if (_mayChangeRows)
        {
            table.Rows[row.Key] = row;
        }
    }

    private TableRow? Find(TableTally table, ReadOnlyMemory<byte> key) =>
        table.Rows.TryGetValue(key, out var pending) ? pending
        : table.Ground is { } ground && _view.TableEntries.FindRow(ground, key.Span) ? _view.TableEntries.Row(ground.Schema).ToRow()
        : null;

    private void Hold(TableTally table, int column, ReadOnlySpan<byte> value, bool isAdded)
    {
        if (table.Schema.Columns[column].Index == ColumnIndex.Unique)
        {
            Bytes += ValueBytes(value.Length);
            Keys += isAdded ? 1 : 0;
            return;
        }

        var values = table.Values[column].GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!values.TryGetValue(value, out var tally))
        {
            var measure = table.Ground is { RowCount: > 0 } ground ? _view.TableEntries.Measure(ground, column, value) : default;
            tally = new(ValueBytes(value.Length), new(measure.RowCount, leaves: null));
            values[value] = tally;
        }

        if (isAdded)
        {
            tally.List.Add();
            return;
        }

        tally.List.Remove();
        tally.Removals++;
    }

    private void EndCommit(TableTally? table)
    {
        if (table is null)
        {
            return;
        }

        Bytes += (table.List.IsChanged && table.IsVisible ? table.EntryBytes : 0) + table.List.EndCommit();
        table.IsVisible = true;
        foreach (var value in table.Values.SelectMany(values => values.Values).Where(value => value.List.IsChanged))
        {
            // Its entry once, and for each removal a tombstone and an entry that comes after it.
            Keys += value.List.Count == 0 || value.HasLostRows ? 1 : 0;
            value.HasLostRows |= value.Removals > 0;
            Bytes += (value.EntryBytes * (1L + (2L * value.Removals))) + value.List.EndCommit();
            value.Removals = 0;
        }
    }

    private TableTally? TallyOf(string name)
    {
        if (_last is { } last && last.Name == name)
        {
            return last;
        }

        if (!_tables.TryGetValue(name, out var table))
        {
            table = _view.TableEntries.FindTable(name) is { } ground ? new(name, ground.Schema, ground) : null;
            _tables.Add(name, table);
        }

        _last = table;
        return table;
    }

    private static int WholeWords(int size) => (size + BlockLayout.WordSize - 1) / BlockLayout.WordSize * BlockLayout.WordSize;

    private static int ValueBytes(int size) =>
        SizeClasses.RoundUp(BlockLayout.KeyOffset + WholeWords(SegmentKey.TableWordSize + size) + BlockLayout.WordSize);

    private sealed class TableTally(string name, TableSchema schema, TableState? ground)
    {
        public string Name { get; } = name;

        public TableSchema Schema { get; } = schema;

        public TableState? Ground { get; } = ground;

        /// <summary>Whether a commit before this one has made it.</summary>
        public bool IsVisible { get; set; } = ground is not null;

        public int EntryBytes { get; set; } = ground?.EntryBytes ?? 0;

        /// <summary>Its rows.</summary>
        public ListTally List { get; } = new(ground?.RowCount ?? 0, leaves: null);

        public int[] Indexed { get; } = [.. schema.Indexed];

        /// <summary>Bytes of the rows that were put.</summary>
        public long PutBytes { get; set; }

        /// <summary>Rows as they are after the changes so far; null for those that went.</summary>
        public Dictionary<ReadOnlyMemory<byte>, TableRow?> Rows { get; } = new(BytesComparer.Instance);

        /// <summary>For each column the values whose lists change.</summary>
        public Dictionary<ReadOnlyMemory<byte>, ValueTally>[] Values { get; } =
            [.. schema.Columns.Select(_ => new Dictionary<ReadOnlyMemory<byte>, ValueTally>(BytesComparer.Instance))];
    }

    private sealed class ValueTally(int entryBytes, ListTally list)
    {
        public int EntryBytes { get; } = entryBytes;

        /// <summary>The rows that hold it.</summary>
        public ListTally List { get; } = list;

        public int Removals { get; set; }

        /// <summary>Whether rows of it went in a commit before, perhaps the last one, and its entry with it.</summary>
        public bool HasLostRows { get; set; }
    }
}
