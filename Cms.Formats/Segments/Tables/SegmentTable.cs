using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Tables;

/// <summary>Reads one table at one revision, from any process, whether or not a writer is alive.</summary>
/// <remarks>
/// Used by the thread of the <see cref="SegmentReader"/> that it came from, and no longer than that. Finding a row takes no
/// lock, makes no system call and allocates nothing. Every method throws <see cref="SnapshotTooOldException"/> once the
/// revision is no longer kept: take <see cref="Refresh"/>, then read again. A row is good until the next use of the table.
/// </remarks>
public sealed class SegmentTable
{
    private readonly SegmentReader _segment;
    private SegmentMemory _memory;
    private TableReader _reader;
    private TableState _table;

    private SegmentTable(SegmentReader segment, SegmentMemory memory, TableReader reader, TableState table)
    {
        _segment = segment;
        _memory = memory;
        _reader = reader;
        _table = table;
    }

    /// <summary>The revision that everything is read at.</summary>
    public Revision Revision => new(_reader.Revision);

    /// <summary>The table's name.</summary>
    public string Name => _table.Name;

    /// <summary>Its columns.</summary>
    public TableSchema Schema => _table.Schema;

    /// <summary>How many rows it has.</summary>
    public int RowCount => _table.RowCount;

    /// <summary>Goes over to the revision that is visible now; costs one load when there is no newer one.</summary>
    /// <returns>False when there is no such table any more; this object stays as it was then, and when this throws.</returns>
    /// <remarks>A scan that has begun goes on at its own revision.</remarks>
    public bool Refresh()
    {
        var memory = _segment.Newest;
        var visible = memory.Visible;
        if (visible == _reader.Revision && ReferenceEquals(memory, _memory))
        {
            return true;
        }

        var isSame = ReferenceEquals(memory, _memory);
        var entries = isSame ? _reader.Entries : new EntryReader(memory);
        if (Find(entries, Name, isSame ? _table : null, out var table) is not { } reader)
        {
            return false;
        }

        (_memory, _reader, _table) = (memory, reader, table);
        return true;
    }

    /// <summary>Finds a row by a primary key that is a string.</summary>
    public bool TryFind(scoped ReadOnlySpan<byte> key, out RowReader row)
    {
        var isFound = _reader.FindRow(_table, key);
        row = isFound ? _reader.Row(_table.Schema) : default;
        return isFound;
    }

    /// <summary>Finds a row by a primary key that is a string.</summary>
    public bool TryFind(string key, out RowReader row) => TryFind(Encoding.UTF8.GetBytes(key), out row);

    /// <summary>Finds a row by a primary key that is an int.</summary>
    public bool TryFind(long key, out RowReader row)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, key);
        return TryFind(bytes, out row);
    }

    /// <summary>The rows that hold a string in a column with an index, in no particular order.</summary>
    /// <exception cref="ArgumentException">The column has no index; <see cref="Scan"/> looks at every row.</exception>
    public RowScan Find(int column, scoped ReadOnlySpan<byte> value)
    {
        if (Schema.Columns[column].Index == ColumnIndex.None)
        {
            throw new ArgumentException($"Column '{Schema.Columns[column].Name}' has no index.", nameof(column));
        }

        return new(_reader, _table, _reader.Rows(_table, column, value), null);
    }

    /// <summary>The rows that hold an int in a column with an index, in no particular order.</summary>
    /// <exception cref="ArgumentException">The column has no index; <see cref="Scan"/> looks at every row.</exception>
    public RowScan Find(int column, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Find(column, Schema.Columns[column].Type == ElementType.Bool ? bytes[..1] : bytes);
    }

    /// <summary>All rows, or those that a predicate lets through, in the order of their insertion.</summary>
    public RowScan Scan(RowPredicate? predicate = null) => new(_reader, _table, _reader.Rows(_table), predicate);

    /// <summary>Opens a table at the revision that is visible now; null when there is none of this name.</summary>
    internal static SegmentTable? Open(SegmentReader segment, string name)
    {
        var memory = segment.Newest;
        return Find(new EntryReader(memory), name, null, out var table) is { } reader ? new(segment, memory, reader, table) : null;
    }

    // Null when there is no such table. The writer may outrun one attempt; it does not outrun all of them.
    private static TableReader? Find(EntryReader entries, string name, TableState? known, out TableState table)
    {
        const int MaximumAttempts = 256;
        for (var attempt = 0; ; attempt++)
        {
            var reader = new TableReader(entries, entries.Memory.Visible);
            try
            {
                var found = reader.FindTable(name, known);
                table = found.GetValueOrDefault();
                return found is null ? null : reader;
            }
            catch (SnapshotTooOldException) when (attempt < MaximumAttempts)
            {
            }
        }
    }
}
