using Cms.Formats.Streams;

namespace Cms.Storage.Encryption;

/// <summary>Encrypts what is written to it to a recipient.</summary>
/// <remarks>One thread. What was written is a file only after <see cref="Complete"/>; without it, it is noticed that the end is missing.</remarks>
public sealed class EncryptingStream : WriteOnlyStream
{
    private readonly Stream _target;
    private readonly ChunkCipher _cipher;
    private readonly byte[] _plain = new byte[ChunkCipher.ChunkBytes];
    private readonly byte[] _chunk = new byte[ChunkCipher.ChunkBytes + ChunkCipher.TagBytes];
    private int _count;

    /// <summary>Begins a file.</summary>
    /// <param name="target">Stays the caller's to dispose.</param>
    /// <param name="recipient">Who can read it.</param>
    /// <exception cref="EncryptionException">This machine does not offer what the recipient needs; nothing was written.</exception>
    public EncryptingStream(Stream target, Recipient recipient)
        : this(target, recipient.MakeFileKey())
    {
    }

    internal EncryptingStream(Stream target, (byte[] Header, byte[] Key) made)
    {
        (_target, _cipher) = (target, new ChunkCipher(made.Key));
        _target.Write(made.Header);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            // Whether a full chunk is the last is known when more comes, or the end.
            if (_count == _plain.Length)
            {
                WriteChunk(isLast: false);
            }

            var taken = Math.Min(buffer.Length, _plain.Length - _count);
            buffer[..taken].CopyTo(_plain.AsSpan(_count));
            buffer = buffer[taken..];
            _count += taken;
        }
    }

    /// <summary>Ends the file.</summary>
    public void Complete()
    {
        WriteChunk(isLast: true);
        _target.Flush();
    }

    /// <summary>Does nothing: a chunk is written when it is full.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Array.Clear(_plain);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WriteChunk(bool isLast)
    {
        var chunk = _chunk.AsSpan(0, _count + ChunkCipher.TagBytes);
        _cipher.Seal(_plain.AsSpan(0, _count), chunk, isLast);
        _target.Write(chunk);
        _count = 0;
    }
}
