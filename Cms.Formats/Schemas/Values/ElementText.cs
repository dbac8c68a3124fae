using System.Buffers.Binary;
using System.Buffers.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Schemas.Values;

/// <summary>The text of an element, without allocating.</summary>
internal static class ElementText
{
    /// <summary>Bytes that the text of a number needs at most.</summary>
    public const int ScratchSize = 64;

    /// <summary>The text of an element.</summary>
    /// <param name="value">The value.</param>
    /// <param name="index">Which element.</param>
    /// <param name="scratch"><see cref="ScratchSize"/> bytes, in which the text of a number is written.</param>
    public static ReadOnlySpan<byte> Of(ConfigValue value, int index, Span<byte> scratch)
    {
        switch (value.ElementType)
        {
            case ElementType.Int:
                Utf8Formatter.TryFormat(BinaryPrimitives.ReadInt64LittleEndian(value.Encoding.Span[(index * sizeof(long))..]), scratch, out var length);
                return scratch[..length];
            case ElementType.Bool:
                return value.Encoding.Span[index] == 0 ? "0"u8 : "1"u8;
            case ElementType.String when !value.IsList:
                return value.Encoding.Span;
            default:
                return value.GetBytes(index).Span;
        }
    }

    /// <summary>The text without the first ! when the field allows for it.</summary>
    public static ReadOnlySpan<byte> WithoutNegation(ReadOnlySpan<byte> text, FieldSchema field) =>
        field.AllowsNegation && text.StartsWith("!"u8) ? text[1..].TrimStart((byte)' ') : text;
}
