namespace Cms.Formats.Segments.Layout;

/// <summary>Numbers of seven bits a byte, lowest first; a byte of 128 or more has another behind it.</summary>
internal static class Varint
{
    /// <summary>The most bytes of a number below 2^42.</summary>
    public const int MaximumSize = 6;

    /// <summary>Takes a number off the front; false when it does not end within the bounds.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out long value)
    {
        value = 0;
        for (var index = 0; index < MaximumSize && index < source.Length; index++)
        {
            var part = source[index];
            value |= (long)(part & 0x7F) << (7 * index);
            if (part < 0x80)
            {
                source = source[(index + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a number and returns how many bytes it took.</summary>
    public static int Write(Span<byte> destination, long value)
    {
        var index = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[index++] = (byte)((value & 0x7F) | 0x80);
        }

        destination[index++] = (byte)value;
        return index;
    }

    /// <summary>How many bytes a number takes.</summary>
    public static int SizeOf(long value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7)
        {
            size++;
        }

        return size;
    }
}
