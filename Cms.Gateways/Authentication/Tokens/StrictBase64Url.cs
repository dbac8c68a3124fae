using System.Buffers;
using System.Buffers.Text;

namespace Cms.Gateways.Authentication.Tokens;

/// <summary>Base64 for addresses (RFC 4648, 5), without padding, where each sequence of bytes has one text.</summary>
internal static class StrictBase64Url
{
    /// <summary>Decodes a text.</summary>
    /// <returns>Null when it has other characters, padding, blanks, or bits that mean nothing.</returns>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
            {
                return null;
            }
        }

        // Last bits that are set though nothing follows would be other texts for the same bytes.
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var size) == OperationStatus.Done && text.SequenceEqual(Base64Url.EncodeToString(bytes.AsSpan(0, size))) ? bytes[..size] : null;
    }
}
