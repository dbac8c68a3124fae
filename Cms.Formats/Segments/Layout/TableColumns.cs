using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Layout;

/// <summary>The columns of a table as its entry holds them.</summary>
/// <remarks>
/// A byte: how many; a byte: the place of the primary key; for each a byte: bytes of its name, the name, a byte: its type,
/// and in bits 5..4 its index, and its size in 2 bytes.
/// </remarks>
internal static class TableColumns
{
    private const int HeadSize = 2;
    private const int IndexShift = 4;
    private const int TypeMask = 0x0F;
    private const int TailSize = 3;

    /// <summary>Bytes that the columns take.</summary>
    public static int SizeOf(TableSchema schema) => HeadSize + schema.Columns.Sum(column => 1 + column.Name.Length + TailSize);

    /// <summary>Writes the columns.</summary>
    public static void Write(Span<byte> destination, TableSchema schema)
    {
        destination[0] = (byte)schema.Columns.Count;
        destination[1] = (byte)schema.PrimaryKey;
        destination = destination[HeadSize..];
        foreach (var column in schema.Columns)
        {
            destination[0] = (byte)column.Name.Length;
            _ = Encoding.ASCII.GetBytes(column.Name, destination[1..]);
            destination = destination[(1 + column.Name.Length)..];
            destination[0] = (byte)((int)column.Type | ((int)column.Index << IndexShift));
            BinaryPrimitives.WriteUInt16LittleEndian(destination[1..], (ushort)column.SizeBytes);
            destination = destination[TailSize..];
        }
    }

    /// <summary>Reads columns; null when the bytes are none.</summary>
    public static TableSchema? TryRead(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeadSize || source[1] >= source[0])
        {
            return null;
        }

        var columns = new TableColumn[source[0]];
        var primaryKey = source[1];
        source = source[HeadSize..];
        for (var index = 0; index < columns.Length; index++)
        {
            if (source.IsEmpty || source.Length < 1 + source[0] + TailSize)
            {
                return null;
            }

            var name = Encoding.Latin1.GetString(source.Slice(1, source[0]));
            source = source[(1 + name.Length)..];
            var size = BinaryPrimitives.ReadUInt16LittleEndian(source[1..]);
            columns[index] = new(name, (ElementType)(source[0] & TypeMask), size, (ColumnIndex)(source[0] >> IndexShift));
            source = source[TailSize..];
        }

        return TableSchema.TryCreate(columns, columns[primaryKey].Name, out _);
    }
}
