// A packed row, the same in memory, journal and segment:
// - its key is the value of the primary key: a string's bytes, an int's 8 little-endian bytes, a bool's one byte;
// - its content is the other columns in order, ints in as many little-endian bytes as their size, floats in 8, bools in 1,
//   and for a string 2 bytes: the end of its bytes, counted from the first string's start; behind all of them the strings.
using System.Buffers.Binary;
using Cms.Formats.Modules;

namespace Cms.Formats.Tables;

/// <summary>The columns of a table and where a packed row has them. Never changed; safe for any thread.</summary>
public sealed class TableSchema : IEquatable<TableSchema>
{
    /// <summary>Bytes that the end of a string takes.</summary>
    internal const int EndSize = sizeof(ushort);

    private readonly TableColumn[] _columns;
    private readonly int[] _places;
    private readonly int[] _placesBefore;
    private readonly int _lastEnd = -1;

    private TableSchema(TableColumn[] columns, int primaryKey)
    {
        _columns = columns;
        PrimaryKey = primaryKey;
        _places = new int[columns.Length];
        _placesBefore = new int[columns.Length];
        for (var column = 0; column < columns.Length; column++)
        {
            _places[column] = FixedSize;
            _placesBefore[column] = _lastEnd;
            if (column != primaryKey)
            {
                var isString = columns[column].Type == ElementType.String;
                _lastEnd = isString ? FixedSize : _lastEnd;
                FixedSize += isString ? EndSize : columns[column].SizeBytes;
            }
        }

        Indexed = [.. Enumerable.Range(0, columns.Length).Where(column => columns[column].Index != ColumnIndex.None)];
    }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<TableColumn> Columns => _columns;

    /// <summary>The 0-based place of the column that tells rows apart.</summary>
    public int PrimaryKey { get; }

    /// <summary>The places of the columns with an index, besides the primary key.</summary>
    public IReadOnlyList<int> Indexed { get; }

    /// <summary>Bytes of a row's content in front of the strings.</summary>
    internal int FixedSize { get; }

    /// <summary>Checks columns and makes a schema of them.</summary>
    /// <param name="columns">The columns in order.</param>
    /// <param name="primaryKey">The name of the one that tells rows apart.</param>
    /// <param name="problem">Which rule is broken, for people, when this returns null.</param>
    public static TableSchema? TryCreate(IReadOnlyList<TableColumn> columns, string primaryKey, out string? problem)
    {
        var place = columns.Select(column => column.Name).ToList().IndexOf(primaryKey);
        problem = columns.Count is 0 or > TableLimits.MaximumColumns ? $"a table has 1 to {TableLimits.MaximumColumns} columns, not {columns.Count}"
            : place < 0 ? $"the primary key '{primaryKey}' is none of the columns"
            : columns.Select(column => column.Name).Distinct(StringComparer.Ordinal).Count() < columns.Count ? "two columns have one name"
            : columns[place].Index != ColumnIndex.None ? $"the primary key '{primaryKey}' needs no other index"
            : columns.Count(column => column.Index != ColumnIndex.None) > TableLimits.MaximumIndexes ? $"a table has at most {TableLimits.MaximumIndexes} indexes"
            : columns.Select((column, index) => ProblemOf(column, index == place)).FirstOrDefault(found => found is not null);
        if (problem is not null)
        {
            return null;
        }

        var size = columns.Sum(column => (long)column.SizeBytes + (column.Type == ElementType.String ? EndSize : 0));
        problem = size > TableLimits.MaximumRowBytes ? $"a row would have up to {size} bytes; the most is {TableLimits.MaximumRowBytes}" : null;
        return problem is null ? new TableSchema([.. columns], place) : null;
    }

    /// <summary>The place of a column, or null.</summary>
    public int? Find(string column)
    {
        var place = Array.FindIndex(_columns, item => item.Name == column);
        return place < 0 ? null : place;
    }

    /// <inheritdoc/>
    public bool Equals(TableSchema? other) => other is not null && PrimaryKey == other.PrimaryKey && _columns.AsSpan().SequenceEqual(other._columns);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TableSchema);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PrimaryKey, _columns.Length, _columns[0]);

    /// <summary>Where a column other than the primary key begins in a row's content.</summary>
    internal int PlaceOf(int column) => _places[column];

    /// <summary>Where the end of the string before a column is in a row's content; negative when there is none.</summary>
    internal int PlaceBefore(int column) => _placesBefore[column];

    /// <summary>Whether these bytes are a value of a column as a key or an index holds it.</summary>
    internal bool IsValue(int column, ReadOnlySpan<byte> value) => _columns[column].Type switch
    {
        ElementType.String => value.Length <= _columns[column].SizeBytes,
        ElementType.Bool => value is [0 or 1],
        ElementType.Int => value.Length == sizeof(long)
            && BinaryPrimitives.ReadInt64LittleEndian(value) is var number && number >= _columns[column].LeastInt && number <= _columns[column].GreatestInt,
        _ => value.Length == sizeof(double),
    };

    /// <summary>Whether these are the bytes of a row.</summary>
    internal bool IsRow(TableRow row) => IsValue(PrimaryKey, row.Key.Span) && MeasureContent(row.Content.Span) == row.Content.Length;

    /// <summary>Bytes of a row's content, when what follows it is not known to be none of it; null when it is no content.</summary>
    internal int? MeasureContent(ReadOnlySpan<byte> content)
    {
        if (content.Length < FixedSize)
        {
            return null;
        }

        var end = 0;
        for (var column = 0; column < _columns.Length; column++)
        {
            if (column == PrimaryKey)
            {
                continue;
            }

            var type = _columns[column].Type;
            if (type == ElementType.String)
            {
                var next = BinaryPrimitives.ReadUInt16LittleEndian(content[_places[column]..]);
                if (next < end || next - end > _columns[column].SizeBytes)
                {
                    return null;
                }

                end = next;
            }
            else if (type == ElementType.Bool && content[_places[column]] > 1)
            {
                return null;
            }
        }

        return FixedSize + end <= content.Length ? FixedSize + end : null;
    }

    private static string? ProblemOf(TableColumn column, bool isKey)
    {
        var isFound = isKey || column.Index != ColumnIndex.None;
        return !IsName(column.Name) ? $"column name '{column.Name}' is not legal: 1 to {TableLimits.MaximumNameBytes} letters, digits and _"
            : column.Index > ColumnIndex.Unique ? $"column '{column.Name}' has an unknown kind of index"
            : column.Type switch
            {
                ElementType.Int => column.SizeBytes is 1 or 2 or 4 or 8 ? null : $"int column '{column.Name}' has 1, 2, 4 or 8 bytes, not {column.SizeBytes}",
                ElementType.Bool => column.SizeBytes == 1 ? null : $"bool column '{column.Name}' has 1 byte",
                ElementType.Float when isFound => $"float column '{column.Name}' can be neither primary key nor indexed",
                ElementType.Float => column.SizeBytes == sizeof(double) ? null : $"float column '{column.Name}' has 8 bytes",
                ElementType.String when column.SizeBytes < 1 => $"string column '{column.Name}' needs the most bytes that it holds",
                ElementType.String when isFound && column.SizeBytes > TableLimits.MaximumKeyBytes =>
                    $"string column '{column.Name}' is found by and so has at most {TableLimits.MaximumKeyBytes} bytes",
                ElementType.String => null,
                _ => $"column '{column.Name}' has an unknown type",
            };
    }

    /// <summary>Whether this can name a table or a column.</summary>
    internal static bool IsName(string name) => Segments.Layout.SegmentKey.IsName(name);
}
