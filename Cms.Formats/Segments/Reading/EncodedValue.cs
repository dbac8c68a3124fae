using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>A value's encoding as read from a segment, and what it is as text, number or bool.</summary>
internal readonly ref struct EncodedValue(ReadOnlySpan<byte> bytes, int kindByte)
{
    /// <summary>The encoding, as described at <see cref="ConfigValue"/>.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Kind and flags.</summary>
    public int KindByte => kindByte;

    /// <summary>Whether this is a value at all, and not the default.</summary>
    public bool IsThere => kindByte != 0;

    /// <summary>The type of the value or of its elements.</summary>
    public ElementType ElementType => BlockLayout.ElementTypeOf(kindByte);

    /// <summary>Whether it is a list.</summary>
    public bool IsList => BlockLayout.IsList(kindByte);

    private bool IsScalar => IsThere && !IsList;

    /// <summary>A copy; null when there is none or the bytes do not fit the type.</summary>
    public ConfigValue? ToValue() => IsThere && ConfigValue.TryDecode(ElementType, IsList, Bytes.ToArray(), out var value) ? value : null;

    /// <summary>A scalar as text; null when there is none, it is a list or its bytes do not fit its type.</summary>
    public string? ToText() => !IsScalar ? null : ElementType == ElementType.String ? Encoding.UTF8.GetString(Bytes) : ToValue()?.GetText();

    /// <summary>An int, a bool as 0 or 1, or a string of decimal digits with an optional sign.</summary>
    public bool TryInt(out long value)
    {
        value = 0;
        if (!IsScalar)
        {
            return false;
        }

        switch (ElementType)
        {
            case ElementType.Int when Bytes.Length == sizeof(long):
                value = BinaryPrimitives.ReadInt64LittleEndian(Bytes);
                return true;
            case ElementType.Bool when Bytes.Length == 1:
                value = Bytes[0];
                return true;
            case ElementType.String:
                return Utf8Parser.TryParse(Bytes, out value, out var used) && used == Bytes.Length;
            default:
                return false;
        }
    }

    /// <summary>A float, an int, or a string that is a decimal number.</summary>
    public bool TryFloat(out double value)
    {
        value = 0;
        if (!IsScalar)
        {
            return false;
        }

        switch (ElementType)
        {
            case ElementType.Float when Bytes.Length == sizeof(double):
                value = BinaryPrimitives.ReadDoubleLittleEndian(Bytes);
                return true;
            case ElementType.Int when Bytes.Length == sizeof(long):
                value = BinaryPrimitives.ReadInt64LittleEndian(Bytes);
                return true;
            case ElementType.String:
                return Utf8Parser.TryParse(Bytes, out value, out var used) && used == Bytes.Length;
            default:
                return false;
        }
    }

    /// <summary>A bool, an int 0 or 1, or one of UCI's spellings.</summary>
    public bool TryBool(out bool value)
    {
        value = false;
        switch (ElementType)
        {
            case ElementType.String when IsScalar:
                return TrySpelling(Bytes, out value);
            case ElementType.Bool or ElementType.Int when IsScalar && Bytes.Length > 0:
                value = Bytes[0] == 1;
                return Bytes[0] <= 1 && !Bytes[1..].ContainsAnyExcept((byte)0);
            default:
                return false;
        }
    }

    private static bool TrySpelling(ReadOnlySpan<byte> bytes, out bool value)
    {
        value = bytes.SequenceEqual("1"u8) || bytes.SequenceEqual("on"u8) || bytes.SequenceEqual("yes"u8)
            || bytes.SequenceEqual("true"u8) || bytes.SequenceEqual("enabled"u8);
        return value || bytes.SequenceEqual("0"u8) || bytes.SequenceEqual("off"u8) || bytes.SequenceEqual("no"u8)
            || bytes.SequenceEqual("false"u8) || bytes.SequenceEqual("disabled"u8);
    }
}
