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

    /// <summary>Takes the next part that a field looks at off a text: all of it, or where the field says so the next word.</summary>
    /// <param name="rest">What is left of the element's text.</param>
    /// <param name="part">The part, without the ! in front where the field allows for one.</param>
    /// <param name="field">The field.</param>
    /// <param name="isFirst">Whether nothing was taken off yet: an empty text has one empty part.</param>
    /// <returns>False when nothing is left.</returns>
    public static bool TryTakePart(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> part, FieldSchema field, bool isFirst)
    {
        part = rest;
        if (!isFirst && rest.IsEmpty)
        {
            return false;
        }

        if (field.ListForm != ListForm.Words)
        {
            rest = default;
        }
        else
        {
            rest = rest.TrimStart(" \t"u8);
            var end = rest.IndexOfAny((byte)' ', (byte)'\t');
            part = end < 0 ? rest : rest[..end];
            rest = rest[part.Length..].TrimStart(" \t"u8);
        }

        part = WithoutNegation(part, field);
        return true;
    }

    /// <summary>The text without the first ! when the field allows for it.</summary>
    private static ReadOnlySpan<byte> WithoutNegation(ReadOnlySpan<byte> text, FieldSchema field) =>
        field.AllowsNegation && text.StartsWith("!"u8) ? text[1..].TrimStart((byte)' ') : text;
}
