using System.Buffers.Binary;

namespace Cms.Formats.Segments.Layout;

/// <summary>The keyed multiply-fold hash of the segment format; docs/formats/segment.md has its text and test vectors.</summary>
internal static class KeyHash
{
    private const ulong FinalLeft = 0x9E37_79B9_7F4A_7C15;
    private const ulong FinalRight = 0xD6E8_FEB8_6659_FD93;
    private const int GroupSize = 16;
    private const int WordSize = 8;

    /// <summary>The hash of a key under a seed of two words.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key, ulong seed, ulong seedSecond)
    {
        var state = seedSecond ^ (ulong)key.Length;
        var rest = key;
        while (rest.Length > GroupSize)
        {
            state = Fold(BinaryPrimitives.ReadUInt64LittleEndian(rest) ^ seed, BinaryPrimitives.ReadUInt64LittleEndian(rest[WordSize..]) ^ state);
            rest = rest[GroupSize..];
        }

        if (rest.Length > 0)
        {
            var left = rest.Length >= WordSize ? BinaryPrimitives.ReadUInt64LittleEndian(rest) : Partial(rest);
            var right = rest.Length > WordSize ? Partial(rest[WordSize..]) : 0;
            state = Fold(left ^ seed, right ^ state);
        }

        return Fold(state ^ FinalLeft, seed ^ FinalRight);
    }

    // The low word is multiplied for itself, because BigMul gives it out by way of memory.
    private static ulong Fold(ulong left, ulong right) => unchecked(Math.BigMul(left, right, out _) ^ (left * right));

    // Up to eight bytes, the missing ones zero.
    private static ulong Partial(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == WordSize)
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        if (bytes.Length >= sizeof(uint))
        {
            ulong low = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            ulong high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]);
            return low | (high << unchecked(8 * (bytes.Length - sizeof(uint))));
        }

        ulong word = 0;
        for (var index = 0; index < bytes.Length; index++)
        {
            word |= (ulong)bytes[index] << (8 * index);
        }

        return word;
    }
}
