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

    private const string NameAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create(NameAlphabet);
    private static readonly System.Buffers.SearchValues<byte> NameBytes = System.Buffers.SearchValues.Create(Encoding.ASCII.GetBytes(NameAlphabet));
}
