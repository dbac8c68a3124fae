using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;

namespace Cms.Host.Listening;

/// <summary>Has the server take a <c>Content-Length</c> of digits alone, as RFC 9110 has it (8.6).</summary>
/// <remarks>
/// The server by itself takes <c>+2</c> for 2. A proxy in front that ends such a request elsewhere would hand on one request within
/// another. The server reads a header by the encoding that it is told; in this one everything but a digit is no number, so that it
/// refuses the request and closes the connection, as with every other length that is none.
/// </remarks>
internal sealed class DigitsAlone : Encoding
{
    private static readonly DigitsAlone Instance = new();

    /// <summary>Sets it.</summary>
    public static void Apply(KestrelServerOptions kestrel) =>
        kestrel.RequestHeaderEncodingSelector = header => header == HeaderNames.ContentLength ? Instance : null;

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    /// <inheritdoc/>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        // A number that does not fit is too large, which the server notices by its length.
        var count = Math.Min(bytes.Length, chars.Length);
        for (var index = 0; index < count; index++)
        {
            chars[index] = char.IsAsciiDigit((char)bytes[index]) ? (char)bytes[index] : 'x';
        }

        return count;
    }

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    /// <inheritdoc/>
    public override int GetMaxCharCount(int byteCount) => byteCount;

    /// <inheritdoc/>
    public override int GetByteCount(char[] chars, int index, int count) => count;

    /// <inheritdoc/>
    public override int GetMaxByteCount(int charCount) => charCount;

    /// <inheritdoc/>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException("it is for reading");
}
