using System.Security.Cryptography;

namespace Cms.Storage.Encryption;

/// <summary>Recognises and decrypts what <see cref="EncryptingStream"/> wrote; <c>docs/formats/encryption.md</c> has its bytes.</summary>
public static class EncryptedFile
{
    /// <summary>The id of the recipient that a file was encrypted to; null when it is not encrypted.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? RecipientOf(string path)
    {
        using var file = File.OpenRead(path);
        var start = new byte[KeyLayout.PointPlace];
        var count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return count == start.Length && start.AsSpan().StartsWith(KeyLayout.Magic) ? Convert.ToHexStringLower(start.AsSpan(KeyLayout.IdPlace, KeyLayout.IdBytes)) : null;
    }

    /// <summary>Decrypts a file in memory bounded by a chunk.</summary>
    /// <param name="source">Read to its end.</param>
    /// <param name="target">Gets chunk after chunk, each checked; when this throws, it has a part that is not to be used.</param>
    /// <param name="identity">Whose it is.</param>
    /// <param name="name">What the file is called in messages.</param>
    /// <exception cref="EncryptionException">It is not encrypted, or to somebody else, or it was altered or cut off.</exception>
    public static void Decrypt(Stream source, Stream target, Identity identity, string name)
    {
        using var cipher = new ChunkCipher(FindKey(ReadHeader(source, name), identity, name));
        var (chunk, next) = (new byte[ChunkCipher.ChunkBytes + ChunkCipher.TagBytes], new byte[ChunkCipher.ChunkBytes + ChunkCipher.TagBytes]);
        var plain = new byte[ChunkCipher.ChunkBytes];
        var count = source.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
        try
        {
            for (var isLast = false; !isLast;)
            {
                // The chunk that nothing follows is the last one.
                var following = count < chunk.Length ? 0 : source.ReadAtLeast(next, next.Length, throwOnEndOfStream: false);
                isLast = following == 0;
                var length = count - ChunkCipher.TagBytes;
                if (length < 0 || (length == 0 && cipher.Count > 0))
                {
                    throw Damaged(name, "its end is missing");
                }

                cipher.Open(chunk.AsSpan(0, count), plain.AsSpan(0, length), isLast);
                target.Write(plain.AsSpan(0, length));
                (chunk, next, count) = (next, chunk, following);
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged(name, $"chunk {cipher.Count} is not the one that was written there, or the end is missing");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static byte[] ReadHeader(Stream source, string name)
    {
        var start = new byte[KeyLayout.PointPlace];
        if (source.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan().StartsWith(KeyLayout.Magic))
        {
            throw new EncryptionException($"{name} is not encrypted by cms: it does not begin like it");
        }

        var size = KeyLayout.HeaderBytes(start[KeyLayout.KindPlace])
            ?? throw new EncryptionException($"{name} is encrypted in a way that this version does not know, or it is damaged; use the newer cmsd, or another copy");
        var header = new byte[size];
        start.CopyTo(header, 0);
        return source.ReadAtLeast(header.AsSpan(start.Length), size - start.Length, throwOnEndOfStream: false) == size - start.Length ? header : throw Damaged(name, "its end is missing");
    }

    private static byte[] FindKey(byte[] header, Identity identity, string name)
    {
        var id = Convert.ToHexStringLower(header.AsSpan(KeyLayout.IdPlace, KeyLayout.IdBytes));
        if (id != identity.Recipient.Id)
        {
            throw new EncryptionException($"{name} is encrypted to recipient {id}, and this identity is that of {identity.Recipient.Id}; give the other identity");
        }

        if (header[KeyLayout.KindPlace] != identity.Recipient.Bytes[0])
        {
            throw Damaged(name, "its header is not that of its recipient");
        }

        try
        {
            return identity.FindFileKey(header);
        }
        catch (CryptographicException altered)
        {
            throw new EncryptionException($"{name} is damaged: its header was altered; use another copy", altered);
        }
    }

    private static EncryptionException Damaged(string name, string why) => new($"{name} is damaged: {why}; use another copy");
}
