using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Cms.Cli.Uci;

/// <summary>A 128-bit hash that tells texts of one machine apart; it does not withstand anybody who wants two to be the same.</summary>
internal static class TextDigest
{
    private const ulong FirstFactor = 0x9e3779b97f4a7c15;
    private const ulong SecondFactor = 0xc2b2ae3d27d4eb4f;

    /// <summary>32 hexadecimal digits, the same on every machine and in every version.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        var first = FirstFactor;
        var second = SecondFactor;
        var size = (ulong)text.Length;
        while (text.Length >= sizeof(ulong))
        {
            Mix(ref first, ref second, BinaryPrimitives.ReadUInt64LittleEndian(text));
            text = text[sizeof(ulong)..];
        }

        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        text.CopyTo(rest);
        Mix(ref first, ref second, BinaryPrimitives.ReadUInt64LittleEndian(rest));
        Mix(ref first, ref second, size);
        Mix(ref first, ref second, 0);
        return string.Create(CultureInfo.InvariantCulture, $"{first:x16}{second:x16}");
    }

    private static void Mix(ref ulong first, ref ulong second, ulong word)
    {
        unchecked
        {
            first = BitOperations.RotateLeft((first ^ word) * FirstFactor, 29);
            second = BitOperations.RotateLeft((second + word) * SecondFactor, 31) ^ first;
        }
    }
}
