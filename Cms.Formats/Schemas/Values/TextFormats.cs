using System.Buffers;

namespace Cms.Formats.Schemas.Values;

/// <summary>Texts of certain characters.</summary>
internal static class TextFormats
{
    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> LettersAndDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);
    private static readonly SearchValues<byte> Dashed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> Base64Digits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Letters of A to Z and a to z, one or more.</summary>
    public static bool IsAlpha(ReadOnlySpan<byte> text) => IsAllOf(text, Letters);

    /// <summary>Those letters and digits, one or more.</summary>
    public static bool IsAlphaNum(ReadOnlySpan<byte> text) => IsAllOf(text, LettersAndDigits);

    /// <summary>Those letters, digits, - and _, one or more.</summary>
    public static bool IsAlphaDash(ReadOnlySpan<byte> text) => IsAllOf(text, Dashed);

    /// <summary>Decimal digits, one or more.</summary>
    public static bool IsNum(ReadOnlySpan<byte> text) => IsAllOf(text, Digits);

    /// <summary>Bytes as pairs of hexadecimal digits, one or more.</summary>
    public static bool IsHex(ReadOnlySpan<byte> text) => text.Length % 2 == 0 && IsAllOf(text, HexDigits);

    /// <summary>One or more bytes in base 64, padded to groups of four.</summary>
    public static bool IsBase64(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length % 4 != 0)
        {
            return false;
        }

        var padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        return IsAllOf(text[..^padding], Base64Digits);
    }

    /// <summary>Hexadecimal digits in groups of 8, 4, 4, 4 and 12, joined by hyphens.</summary>
    public static bool IsUuid(ReadOnlySpan<byte> text)
    {
        const int Length = 36;
        for (var index = 0; index < text.Length; index++)
        {
            var isRight = index is 8 or 13 or 18 or 23 ? text[index] == '-' : AddressFormats.IsHexDigit(text[index]);
            if (!isRight)
            {
                return false;
            }
        }

        return text.Length == Length;
    }

    /// <summary>A path from the root, without a control byte.</summary>
    public static bool IsPath(ReadOnlySpan<byte> text) => text.StartsWith("/"u8) && !text.ContainsAnyInRange((byte)0, (byte)31) && !text.Contains((byte)127);

    private static bool IsAllOf(ReadOnlySpan<byte> text, SearchValues<byte> bytes) => !text.IsEmpty && !text.ContainsAnyExcept(bytes);
}
