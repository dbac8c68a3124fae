using System.Buffers.Binary;
using System.Globalization;
using Cms.Formats.Secrets;

namespace Cms.Formats.Modules;

/// <summary>An immutable value of an option: a scalar or a list of one element type.</summary>
/// <remarks>
/// <see cref="Encoding"/> is the one binary form, the same in memory, journal and segment:
/// a scalar string is its bytes; int and float are 8 little-endian bytes; bool is one byte, 0 or 1.
/// A list of int, float or bool is its elements one after the other. A list of strings is a 32-bit
/// count, then for each element the 32-bit end of its bytes counted from the first element's start,
/// then the bytes; an empty list of strings is a count of 0.
/// Safe for use by several threads.
/// </remarks>
public sealed class ConfigValue : IEquatable<ConfigValue>
{
    private ConfigValue(ElementType elementType, bool isList, ReadOnlyMemory<byte> encoding)
    {
        ElementType = elementType;
        IsList = isList;
        Encoding = encoding;
    }

    /// <summary>The type of the scalar, or of each element.</summary>
    public ElementType ElementType { get; }

    /// <summary>Whether this is a list, which may be empty.</summary>
    public bool IsList { get; }

    /// <summary>The binary form described above; owned by this value, never changed.</summary>
    public ReadOnlyMemory<byte> Encoding { get; }

    /// <summary>Whether it is the plain text of a secret: people and programs are shown <c>(secret)</c> in its place. No part of equality.</summary>
    public bool IsSecret { get; private init; }

    /// <summary>1 for a scalar, the number of elements for a list.</summary>
    public int Count => !IsList ? 1 : ElementType switch
    {
        ElementType.String => BinaryPrimitives.ReadInt32LittleEndian(Encoding.Span),
        ElementType.Bool => Encoding.Length,
        _ => Encoding.Length / sizeof(long),
    };

    /// <summary>A string scalar of these bytes, which are copied.</summary>
    public static ConfigValue FromBytes(ReadOnlySpan<byte> value) => new(ElementType.String, false, value.ToArray());

    /// <summary>A string scalar of this text in UTF-8.</summary>
    public static ConfigValue FromText(string value) => new(ElementType.String, false, System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>An int scalar.</summary>
    public static ConfigValue FromInt(long value)
    {
        var encoding = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(encoding, value);
        return new(ElementType.Int, false, encoding);
    }

    /// <summary>A float scalar.</summary>
    public static ConfigValue FromFloat(double value)
    {
        var encoding = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(encoding, value);
        return new(ElementType.Float, false, encoding);
    }

    /// <summary>A bool scalar.</summary>
    public static ConfigValue FromBool(bool value) => new(ElementType.Bool, false, new[] { value ? (byte)1 : (byte)0 });

    /// <summary>A list of strings with these bytes, which are copied.</summary>
    public static ConfigValue FromElements(IReadOnlyList<ReadOnlyMemory<byte>> elements)
    {
        var head = sizeof(int) * (1 + elements.Count);
        var encoding = new byte[head + elements.Sum(element => element.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(encoding, elements.Count);
        var end = 0;
        for (var index = 0; index < elements.Count; index++)
        {
            elements[index].Span.CopyTo(encoding.AsSpan(head + end));
            end += elements[index].Length;
            BinaryPrimitives.WriteInt32LittleEndian(encoding.AsSpan(sizeof(int) * (1 + index)), end);
        }

        return new(ElementType.String, true, encoding);
    }

    /// <summary>A list of strings with these texts in UTF-8.</summary>
    public static ConfigValue FromTexts(IEnumerable<string> elements) =>
        FromElements([.. elements.Select(element => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(element))]);

    /// <summary>A list of elements given by their binary forms as scalars, which are copied.</summary>
    /// <param name="elementType">The type of them all; the forms must be of it.</param>
    /// <param name="encodings">One for each element.</param>
    public static ConfigValue FromEncodings(ElementType elementType, IReadOnlyList<ReadOnlyMemory<byte>> encodings)
    {
        if (elementType == ElementType.String)
        {
            return FromElements(encodings);
        }

        var size = elementType == ElementType.Bool ? 1 : sizeof(long);
        var encoding = new byte[size * encodings.Count];
        for (var index = 0; index < encodings.Count; index++)
        {
            encodings[index].Span.CopyTo(encoding.AsSpan(index * size, size));
        }

        return new(elementType, true, encoding);
    }

    /// <summary>Takes over a binary form that came from outside, after checking it.</summary>
    /// <param name="elementType">The type of the scalar or of each element.</param>
    /// <param name="isList">Whether the form is that of a list.</param>
    /// <param name="encoding">The form described at the type; not copied, the caller gives it away.</param>
    /// <param name="value">The value, or null when this returns false.</param>
    /// <returns>False when the bytes are no such form.</returns>
    public static bool TryDecode(ElementType elementType, bool isList, ReadOnlyMemory<byte> encoding, out ConfigValue? value)
    {
        value = IsWellFormed(elementType, isList, encoding.Span) ? new ConfigValue(elementType, isList, encoding) : null;
        return value is not null;
    }

    /// <summary>The same value, marked as the plain text of a secret.</summary>
    public ConfigValue AsSecret() => IsSecret ? this : new(ElementType, IsList, Encoding) { IsSecret = true };

    /// <summary>The same value without that mark, for one who may see it.</summary>
    public ConfigValue AsShown() => IsSecret ? new(ElementType, IsList, Encoding) : this;

    /// <summary>The bytes of one element of a list of strings, or of the string scalar at index 0; owned by this value.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not below <see cref="Count"/>.</exception>
    public ReadOnlyMemory<byte> GetBytes(int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        if (ElementType != ElementType.String)
        {
            return System.Text.Encoding.UTF8.GetBytes(FormatNumber(index));
        }

        if (!IsList)
        {
            return Encoding;
        }

        var head = sizeof(int) * (1 + Count);
        var start = index == 0 ? 0 : EndOf(index - 1);
        return Encoding.Slice(head + start, EndOf(index) - start);
    }

    /// <summary>One element as text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string GetText(int index = 0) => System.Text.Encoding.UTF8.GetString(GetBytes(index).Span);

    /// <summary>All elements' bytes in order; a scalar has one.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Elements()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return GetBytes(index);
        }
    }

    /// <summary>All elements in order by their binary forms as scalars; a scalar has one.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> ElementEncodings()
    {
        if (!IsList)
        {
            return [Encoding];
        }

        var size = ElementType == ElementType.Bool ? 1 : sizeof(long);
        return ElementType == ElementType.String ? Elements() : Enumerable.Range(0, Count).Select(index => Encoding.Slice(index * size, size));
    }

    /// <summary>The whole number that this scalar is or is written as; null when it is none.</summary>
    public long? ReadInt() => !IsList && ReadAs(ElementType.Int) is { } number ? BinaryPrimitives.ReadInt64LittleEndian(number.Encoding.Span) : null;

    /// <summary>The same value with elements of another type that are written alike, so "5" as 5; null when one of them is not.</summary>
    public ConfigValue? ReadAs(ElementType type)
    {
        if (type == ElementType)
        {
            return this;
        }

        var encodings = new List<ReadOnlyMemory<byte>>();
        foreach (var text in Elements())
        {
            if (FromSpelling(type, text.Span) is not { } read || !read.GetBytes().Span.SequenceEqual(text.Span))
            {
                return null;
            }

            encodings.Add(read.Encoding);
        }

        var same = IsList ? FromEncodings(type, encodings) : new(type, false, encodings[0]);
        return IsSecret ? same.AsSecret() : same;
    }

    /// <inheritdoc/>
    public bool Equals(ConfigValue? other) =>
        other is not null && ElementType == other.ElementType && IsList == other.IsList && Encoding.Span.SequenceEqual(other.Encoding.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConfigValue);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(IsList);
        hash.AddBytes(Encoding.Span);
        return hash.ToHashCode();
    }

    /// <summary>For people: the elements joined by blanks, or <c>(secret)</c>.</summary>
    public override string ToString() => SealedText.IsHidden(this) ? SealedText.Redacted : string.Join(' ', Elements().Select(element => System.Text.Encoding.UTF8.GetString(element.Span)));

    private int EndOf(int index) => BinaryPrimitives.ReadInt32LittleEndian(Encoding.Span[(sizeof(int) * (1 + index))..]);

    private static ConfigValue? FromSpelling(ElementType type, ReadOnlySpan<byte> text) => type switch
    {
        ElementType.String => FromBytes(text),
        ElementType.Int when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => FromInt(number),
        ElementType.Float when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => FromFloat(number),
        ElementType.Bool when text is [(byte)'0'] or [(byte)'1'] => FromBool(text[0] == '1'),
        _ => null,
    };

    private string FormatNumber(int index) => ElementType switch
    {
        ElementType.Int => BinaryPrimitives.ReadInt64LittleEndian(Encoding.Span[(index * sizeof(long))..]).ToString(CultureInfo.InvariantCulture),
        ElementType.Float => BinaryPrimitives.ReadDoubleLittleEndian(Encoding.Span[(index * sizeof(double))..]).ToString("R", CultureInfo.InvariantCulture),
        _ => Encoding.Span[index] == 0 ? "0" : "1",
    };

    /// <summary>Whether bytes are the binary form of such a value.</summary>
    internal static bool IsWellFormed(ElementType elementType, bool isList, ReadOnlySpan<byte> encoding) => elementType switch
    {
        ElementType.String => !isList || IsStringList(encoding),
        ElementType.Int or ElementType.Float => isList ? encoding.Length % sizeof(long) == 0 : encoding.Length == sizeof(long),
        ElementType.Bool => (isList || encoding.Length == 1) && !encoding.ContainsAnyExceptInRange((byte)0, (byte)1),
        _ => false,
    };

    private static bool IsStringList(ReadOnlySpan<byte> encoding)
    {
        if (encoding.Length < sizeof(int))
        {
            return false;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(encoding);
        if (count < 0 || count > (encoding.Length / sizeof(int)) - 1)
        {
            return false;
        }

        var bytes = encoding.Length - (sizeof(int) * (1 + count));
        var previous = 0;
        for (var index = 0; index < count; index++)
        {
            var end = BinaryPrimitives.ReadInt32LittleEndian(encoding[(sizeof(int) * (1 + index))..]);
            if (end < previous || end > bytes)
            {
                return false;
            }

            previous = end;
        }

        return previous == bytes;
    }
}
