using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cms.Storage.Encryption;

/// <summary>Seals the chunks of one file: AES-256-GCM, with the chunk's place and whether it is the last in its nonce.</summary>
/// <remarks>
/// The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
/// Misuse-Resistance, 2015), so that chunks that are left out, repeated or moved, and an end that is cut off, are noticed. A key is
/// used for one file, so a nonce is never used twice. One thread.
/// </remarks>
internal sealed class ChunkCipher : IDisposable
{
    /// <summary>Plain bytes of every chunk but the last, which may have fewer.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>Bytes by which a chunk grows.</summary>
    public const int TagBytes = 16;

    private const int NonceBytes = 12;
    private const int CounterPlace = NonceBytes - 1 - sizeof(ulong);

    private readonly AesGcm _cipher;
    private readonly byte[] _nonce = new byte[NonceBytes];
    private ulong _counter;

    /// <summary>A cipher for one file.</summary>
    /// <param name="key">Zeroed when this returns.</param>
    public ChunkCipher(byte[] key)
    {
        _cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>How many chunks there were.</summary>
    public ulong Count => _counter;

    /// <summary>Seals the next chunk.</summary>
    /// <param name="plain">Its plain bytes.</param>
    /// <param name="chunk">Takes as many bytes and <see cref="TagBytes"/>.</param>
    /// <param name="isLast">Whether it is the last.</param>
    public void Seal(ReadOnlySpan<byte> plain, Span<byte> chunk, bool isLast) =>
        _cipher.Encrypt(NextNonce(isLast), plain, chunk[..plain.Length], chunk[plain.Length..]);

    /// <summary>Opens the next chunk.</summary>
    /// <param name="chunk">The chunk with its tag.</param>
    /// <param name="plain">Takes its plain bytes.</param>
    /// <param name="isLast">Whether it is the last.</param>
    /// <exception cref="AuthenticationTagMismatchException">It is not the chunk that was sealed here.</exception>
    public void Open(ReadOnlySpan<byte> chunk, Span<byte> plain, bool isLast) =>
        _cipher.Decrypt(NextNonce(isLast), chunk[..plain.Length], chunk[plain.Length..], plain);

    /// <inheritdoc/>
    public void Dispose() => _cipher.Dispose();

    private byte[] NextNonce(bool isLast)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_nonce.AsSpan(CounterPlace), _counter++);
        _nonce[^1] = isLast ? (byte)1 : (byte)0;
        return _nonce;
    }
}
