using System.Buffers.Binary;
using Cms.Formats.Modules;

namespace Cms.Formats.Tables;

/// <summary>Packs rows of one table, one after the other.</summary>
/// <remarks>One thread at a time. Columns that are not set are 0, false or empty; <see cref="Build"/> begins the next row.</remarks>
public sealed class TableRowBuilder(TableSchema schema)
{
    private readonly byte[] _fixed = new byte[schema.FixedSize];
    private readonly ReadOnlyMemory<byte>[] _strings = new ReadOnlyMemory<byte>[schema.Columns.Count];
    private readonly byte[] _number = new byte[sizeof(long)];

    /// <summary>Sets an int, or a bool as 0 or 1.</summary>
    /// <exception cref="ArgumentException">The column is of another type or too small.</exception>
    public TableRowBuilder Set(int column, long value)
    {
        var definition = schema.Columns[column];
        Require(column, definition.Type is ElementType.Int or ElementType.Bool);
        Require(column, definition.Type == ElementType.Bool ? value is 0 or 1 : value >= definition.LeastInt && value <= definition.GreatestInt);
        if (column == schema.PrimaryKey)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_number, value);
            return this;
        }

        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..definition.SizeBytes].CopyTo(_fixed.AsSpan(schema.PlaceOf(column)));
        return this;
    }

    /// <summary>Sets a float.</summary>
    /// <exception cref="ArgumentException">The column is of another type.</exception>
    public TableRowBuilder Set(int column, double value)
    {
        Require(column, schema.Columns[column].Type == ElementType.Float);
        BinaryPrimitives.WriteDoubleLittleEndian(_fixed.AsSpan(schema.PlaceOf(column)), value);
        return this;
    }

    /// <summary>Sets a string; its bytes are copied by <see cref="Build"/>.</summary>
    /// <exception cref="ArgumentException">The column is of another type or too small.</exception>
    public TableRowBuilder Set(int column, ReadOnlyMemory<byte> value)
    {
        Require(column, schema.Columns[column].Type == ElementType.String && value.Length <= schema.Columns[column].SizeBytes);
        _strings[column] = value;
        return this;
    }

    /// <summary>Sets a value of the column's own type.</summary>
    /// <exception cref="ArgumentException">The column is of another type or too small.</exception>
    public TableRowBuilder Set(int column, ConfigValue value)
    {
        Require(column, !value.IsList && value.ElementType == schema.Columns[column].Type);
        return value.ElementType switch
        {
            ElementType.String => Set(column, value.Encoding),
            ElementType.Float => Set(column, BinaryPrimitives.ReadDoubleLittleEndian(value.Encoding.Span)),
            ElementType.Int => Set(column, BinaryPrimitives.ReadInt64LittleEndian(value.Encoding.Span)),
            _ => Set(column, (long)value.Encoding.Span[0]),
        };
    }

    /// <summary>The row, in memory of its own; the builder is empty then.</summary>
    public TableRow Build()
    {
        var key = schema.Columns[schema.PrimaryKey].Type switch
        {
            ElementType.String => _strings[schema.PrimaryKey].Span,
            ElementType.Bool => _number.AsSpan(0, 1),
            _ => _number,
        };
        var bytes = new byte[key.Length + _fixed.Length + StringsSize()];
        key.CopyTo(bytes);
        var content = bytes.AsMemory(key.Length);
        _fixed.CopyTo(content);
        CopyStrings(content.Span);
        Array.Clear(_fixed);
        Array.Clear(_strings);
        Array.Clear(_number);
        return new(bytes.AsMemory(0, key.Length), content);
    }

    private int StringsSize()
    {
        var size = 0;
        for (var column = 0; column < _strings.Length; column++)
        {
            size += column == schema.PrimaryKey ? 0 : _strings[column].Length;
        }

        return size;
    }

    private void CopyStrings(Span<byte> content)
    {
        var end = 0;
        for (var column = 0; column < _strings.Length; column++)
        {
            if (column == schema.PrimaryKey || schema.Columns[column].Type != ElementType.String)
            {
                continue;
            }

            _strings[column].Span.CopyTo(content[(_fixed.Length + end)..]);
            end += _strings[column].Length;
            BinaryPrimitives.WriteUInt16LittleEndian(content[schema.PlaceOf(column)..], (ushort)end);
        }
    }

    private void Require(int column, bool isTrue)
    {
        if (!isTrue)
        {
            throw new ArgumentException($"The value does not fit column '{schema.Columns[column].Name}'.", nameof(column));
        }
    }
}
