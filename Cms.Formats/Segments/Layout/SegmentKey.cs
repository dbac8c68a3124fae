using System.Buffers.Binary;
using System.Text;

namespace Cms.Formats.Segments.Layout;

/// <summary>Builds the keys of the index; see the table of keys in docs/formats/segment.md.</summary>
internal static class SegmentKey
{
    /// <summary>Bytes of the key of a section, which is its id; ids stay below 2^40, so no legal name looks like one.</summary>
    public const int IdSize = sizeof(long);

    /// <summary>The longest prefix of an option's key without the dot: a section's name or id.</summary>
    public const int MaximumPrefixSize = 255;

    /// <summary>The key of the module entry.</summary>
    public static ReadOnlySpan<byte> Module => "\0"u8;

    /// <summary>Whether a section can have this id; the bytes of any other number may be the key of something else.</summary>
    public static bool IsId(long id) => id is > 0 and <= BlockLayout.MaximumRevision;

    public static void WriteId(Span<byte> destination, long id) => BinaryPrimitives.WriteInt64LittleEndian(destination, id);

    public static long ReadId(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64LittleEndian(key);

    /// <summary>Whether this can be a name: bytes [A-Za-z0-9_], 1 to 255 of them.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaximumPrefixSize && !text.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>Whether these bytes are a name.</summary>
    public static bool IsName(ReadOnlySpan<byte> bytes) =>
        bytes.Length is > 0 and <= MaximumPrefixSize && !bytes.ContainsAnyExcept(NameBytes);

    /// <summary>Writes prefix, dot and option name; returns the size.</summary>
    public static int WriteOption(Span<byte> destination, ReadOnlySpan<byte> prefix, string option)
    {
        prefix.CopyTo(destination);
        destination[prefix.Length] = (byte)'.';
        return prefix.Length + 1 + Encoding.ASCII.GetBytes(option, destination[(prefix.Length + 1)..]);
    }

    /// <summary>Bytes that the key of every entry of tables begins with.</summary>
    public const int TableWordSize = sizeof(ulong);

    /// <summary>The number that keys of rows have; those of an index have the column's place and one more.</summary>
    public const int RowNumber = 0;

    /// <summary>Writes the key of an entry of tables; returns the size.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="table">The table's id, 0 for what is not inside a table.</param>
    /// <param name="number">What of the table.</param>
    /// <param name="rest">The table's name, or a value.</param>
    public static int WriteTable(Span<byte> destination, long table, int number, ReadOnlySpan<byte> rest)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, TableWord(table, number));
        rest.CopyTo(destination[TableWordSize..]);
        return TableWordSize + rest.Length;
    }

    /// <summary>What the key of an entry of tables begins with. Its last byte is 255, so it is the beginning of no other key.</summary>
    public static ulong TableWord(long table, int number) => (ulong)table | ((ulong)number << TableNumberShift) | TableMark;

    /// <summary>The table's id and the number in what a key begins with.</summary>
    public static (long Table, int Number) ReadTableWord(ulong word) =>
        ((long)(word & ((1UL << TableNumberShift) - 1)), (int)((word >> TableNumberShift) & ushort.MaxValue));

    private const int TableNumberShift = 40;
    private const ulong TableMark = 0xFFUL << 56;
    private const string NameAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create(NameAlphabet);
    private static readonly System.Buffers.SearchValues<byte> NameBytes = System.Buffers.SearchValues.Create(Encoding.ASCII.GetBytes(NameAlphabet));
}
