using System.Buffers.Text;

namespace Cms.Formats.Schemas.Values;

/// <summary>Numbers and bools in the spellings that UCI programs take.</summary>
internal static class WholeNumbers
{
    /// <summary>A whole number of 64 bits: decimal with or without a sign, or <c>0x</c> and hexadecimal digits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out long number)
    {
        if (text.Length > 2 && text[0] == '0' && text[1] is (byte)'x' or (byte)'X')
        {
            return Utf8Parser.TryParse(text[2..], out number, out var digits, 'x') && digits == text.Length - 2 && number >= 0;
        }

        return Utf8Parser.TryParse(text, out number, out var read) && read == text.Length;
    }

    /// <summary>A whole number that is not negative.</summary>
    public static bool TryReadUnsigned(ReadOnlySpan<byte> text, out long number) => TryRead(text, out number) && number >= 0;

    /// <summary>A decimal number, perhaps with an exponent; not infinite.</summary>
    public static bool TryReadFloat(ReadOnlySpan<byte> text, out double number) =>
        Utf8Parser.TryParse(text, out number, out var read) && read == text.Length && double.IsFinite(number);

    /// <summary>One of UCI's words for yes and no.</summary>
    public static bool TryReadBool(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.SequenceEqual("1"u8) || text.SequenceEqual("on"u8) || text.SequenceEqual("yes"u8) || text.SequenceEqual("true"u8) || text.SequenceEqual("enabled"u8);
        return value || text.SequenceEqual("0"u8) || text.SequenceEqual("off"u8) || text.SequenceEqual("no"u8) || text.SequenceEqual("false"u8) || text.SequenceEqual("disabled"u8);
    }

    /// <summary>1 to so many decimal digits without a leading zero; null when it is anything else.</summary>
    public static long? ReadDigits(ReadOnlySpan<byte> text, int most)
    {
        if (text.IsEmpty || text.Length > most || text.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (text.Length > 1 && text[0] == '0'))
        {
            return null;
        }

        var number = 0L;
        foreach (var digit in text)
        {
            number = (number * 10) + digit - '0';
        }

        return number;
    }
}
