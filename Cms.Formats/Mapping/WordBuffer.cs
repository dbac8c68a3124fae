using System.Runtime.InteropServices;

namespace Cms.Formats.Mapping;

/// <summary>Private memory seen as words and as bytes; a place to copy blocks to and to build them in.</summary>
/// <remarks>Used by one thread at a time. Spans are good until the next call that asks for more.</remarks>
internal sealed class WordBuffer
{
    private const int WordSize = sizeof(ulong);
    private ulong[] _words = new ulong[128];

    /// <summary>The first <paramref name="count"/> words; earlier contents are kept.</summary>
    public Span<ulong> Words(int count)
    {
        if (count > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(count, _words.Length * 2));
        }

        return _words.AsSpan(0, count);
    }

    /// <summary>The first <paramref name="size"/> bytes, in the machine's order; earlier contents are kept.</summary>
    public Span<byte> Bytes(int size) => MemoryMarshal.AsBytes(Words((size + WordSize - 1) / WordSize))[..size];

    /// <summary>The word at <paramref name="index"/>.</summary>
    public ulong this[int index]
    {
        get => _words[index];
        set => _words[index] = value;
    }
}
