using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cms.Storage.Encryption;

/// <summary>The text of a recipient or an identity: one line of a key behind lines of comment. Pure.</summary>
/// <remarks><c>docs/formats/encryption.md</c> has the form. The last bytes of a key are a checksum, so that no backup is encrypted to a misspelt one.</remarks>
internal static class KeyText
{
    /// <summary>What the line of a recipient begins with.</summary>
    public const string Recipient = "cms-recipient:1:";

    /// <summary>What the line of an identity begins with.</summary>
    public const string Identity = "cms-identity:1:";

    private const int MostCharacters = 16 * 1024;
    private const int SumBytes = 4;

    /// <summary>The line of a key.</summary>
    public static string Write(string prefix, ReadOnlySpan<byte> key)
    {
        var bytes = new byte[key.Length + SumBytes];
        key.CopyTo(bytes);
        SumOf(key).CopyTo(bytes, key.Length);
        var line = prefix + Convert.ToBase64String(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return line;
    }

    /// <summary>The bytes of the key in a text; the caller zeroes those of an identity.</summary>
    /// <param name="prefix">What its line begins with.</param>
    /// <param name="text">The text.</param>
    /// <param name="source">What the text is called in messages.</param>
    /// <exception cref="EncryptionException">There is no such key in it, or more than one, or it was altered.</exception>
    public static byte[] Read(string prefix, string text, string source)
    {
        var (own, other) = prefix == Recipient ? ("recipient", "an identity, which is the secret half") : ("identity", "a recipient, which can only encrypt");
        if (text.Length > MostCharacters)
        {
            throw new EncryptionException($"{source} is no {own}: it has more than {MostCharacters} characters");
        }

        var lines = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').ToList();
        if (lines.Exists(line => line.StartsWith(prefix == Recipient ? Identity : Recipient, StringComparison.Ordinal)))
        {
            throw new EncryptionException($"{source} is {other}; give the {own}");
        }

        if (lines is not [var only] || !only.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new EncryptionException($"{source} is no {own}: it must have one line that begins with {prefix}, besides comments");
        }

        return Decode(only[prefix.Length..]) ?? throw new EncryptionException($"{source} is damaged: its {own} is not as it was written; copy it again");
    }

    private static byte[]? Decode(string coded)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(coded.Length)];
        try
        {
            // There is one way to write each key; others would be changes that go unnoticed.
            if (!Convert.TryFromBase64String(coded, bytes, out var length) || length <= SumBytes || Convert.ToBase64String(bytes.AsSpan(0, length)) != coded)
            {
                return null;
            }

            var key = bytes[..(length - SumBytes)];
            return SumOf(key).SequenceEqual(bytes[(length - SumBytes)..length]) ? key : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] SumOf(ReadOnlySpan<byte> key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes("cms-key-sum"));
        hash.AppendData(key);
        return hash.GetHashAndReset()[..SumBytes];
    }
}
