using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Tables;

/// <summary>Takes a packed row apart without allocating.</summary>
/// <remarks>Columns are named by their 0-based place in the schema; asking one for another type throws <see cref="InvalidOperationException"/>.</remarks>
public readonly ref struct RowReader
{
    private readonly ReadOnlySpan<byte> _content;

    /// <summary>A row whose bytes have been checked against the schema.</summary>
    internal RowReader(TableSchema schema, ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, Revision changed)
    {
        Schema = schema;
        Key = key;
        _content = content;
        Changed = changed;
    }

    /// <summary>The columns.</summary>
    public TableSchema Schema { get; }

    /// <summary>The value of the primary key, as <see cref="TableRow.Key"/> has it.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The commit that inserted or last updated the row.</summary>
    public Revision Changed { get; }

    /// <summary>Takes a row of this schema apart.</summary>
    /// <exception cref="ArgumentException">The bytes are no row of this schema.</exception>
    public static RowReader Of(TableSchema schema, TableRow row, Revision changed) =>
        schema.IsRow(row)
            ? new(schema, row.Key.Span, row.Content.Span, changed)
            : throw new ArgumentException("The bytes are no row of this table.", nameof(row));

    /// <summary>The int in a column.</summary>
    public long GetInt(int column)
    {
        Require(column, ElementType.Int);
        if (column == Schema.PrimaryKey)
        {
            return BinaryPrimitives.ReadInt64LittleEndian(Key);
        }

        var bytes = _content[Schema.PlaceOf(column)..];
        return Schema.Columns[column].SizeBytes switch
        {
            1 => unchecked((sbyte)bytes[0]),
            2 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
    }

    /// <summary>The float in a column.</summary>
    public double GetFloat(int column)
    {
        Require(column, ElementType.Float);
        return BinaryPrimitives.ReadDoubleLittleEndian(_content[Schema.PlaceOf(column)..]);
    }

    /// <summary>The bool in a column.</summary>
    public bool GetBool(int column)
    {
        Require(column, ElementType.Bool);
        return (column == Schema.PrimaryKey ? Key[0] : _content[Schema.PlaceOf(column)]) != 0;
    }

    /// <summary>The bytes of the string in a column; good as long as the row is.</summary>
    public ReadOnlySpan<byte> GetBytes(int column)
    {
        Require(column, ElementType.String);
        if (column == Schema.PrimaryKey)
        {
            return Key;
        }

        var before = Schema.PlaceBefore(column);
        var start = before < 0 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(_content[before..]);
        var end = BinaryPrimitives.ReadUInt16LittleEndian(_content[Schema.PlaceOf(column)..]);
        return _content[(Schema.FixedSize + start)..(Schema.FixedSize + end)];
    }

    /// <summary>The string in a column as text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string GetString(int column) => Encoding.UTF8.GetString(GetBytes(column));

    /// <summary>The value of a column, whatever its type; a copy.</summary>
    public ConfigValue GetValue(int column) => Schema.Columns[column].Type switch
    {
        ElementType.Int => ConfigValue.FromInt(GetInt(column)),
        ElementType.Float => ConfigValue.FromFloat(GetFloat(column)),
        ElementType.Bool => ConfigValue.FromBool(GetBool(column)),
        _ => ConfigValue.FromBytes(GetBytes(column)),
    };

    /// <summary>The row in memory of its own.</summary>
    public TableRow ToRow()
    {
        var size = Schema.MeasureContent(_content) ?? 0;
        var bytes = new byte[Key.Length + size];
        Key.CopyTo(bytes);
        _content[..size].CopyTo(bytes.AsSpan(Key.Length));
        return new(bytes.AsMemory(0, Key.Length), bytes.AsMemory(Key.Length));
    }

    /// <summary>The value of a column as an index holds it.</summary>
    /// <param name="column">Its place; not a float.</param>
    /// <param name="scratch">8 bytes of the caller's for values that are not in the row as such.</param>
    internal ReadOnlySpan<byte> IndexedValue(int column, Span<byte> scratch)
    {
        switch (Schema.Columns[column].Type)
        {
            case ElementType.Int:
                BinaryPrimitives.WriteInt64LittleEndian(scratch, GetInt(column));
                return scratch[..sizeof(long)];
            case ElementType.Bool:
                scratch[0] = GetBool(column) ? (byte)1 : (byte)0;
                return scratch[..1];
            default:
                return GetBytes(column);
        }
    }

    private void Require(int column, ElementType type)
    {
        if (Schema.Columns[column].Type != type)
        {
            throw new InvalidOperationException($"Column '{Schema.Columns[column].Name}' is no {type}.");
        }
    }
}
