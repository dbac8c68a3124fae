namespace Cms.Formats.Schemas.Values;

/// <summary>Durations, sizes, dates and times.</summary>
internal static class TimeFormats
{
    private const int MostDigits = 15;

    // The units of a duration from the greatest down: their letters and seconds.
    private static readonly (byte Letter, long Seconds)[] Units = [((byte)'w', 604_800), ((byte)'d', 86_400), ((byte)'h', 3_600), ((byte)'m', 60), ((byte)'s', 1)];

    /// <summary>Seconds as a number alone, or numbers with w, d, h, m or s, the greater unit first: <c>90</c>, <c>12h</c>, <c>1d12h</c>.</summary>
    public static bool TryReadDuration(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (WholeNumbers.ReadDigits(text, MostDigits) is { } alone)
        {
            seconds = alone;
            return true;
        }

        var nextUnit = 0;
        var isRead = !text.IsEmpty;
        while (isRead && !text.IsEmpty)
        {
            var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            var unit = end < 1 ? -1 : FindUnit(text[end], nextUnit);
            var number = unit < 0 ? null : WholeNumbers.ReadDigits(text[..end], 9);
            isRead = number is not null;
            if (isRead)
            {
                (seconds, nextUnit) = (seconds + (number!.Value * Units[unit].Seconds), unit + 1);
                text = text[(end + 1)..];
            }
        }

        return isRead;
    }

    /// <summary>Bytes: a number, perhaps with K, M, G or T for powers of 1024, perhaps with B or iB behind: <c>512</c>, <c>100M</c>, <c>2GiB</c>.</summary>
    public static bool TryReadSize(ReadOnlySpan<byte> text, out long bytes)
    {
        bytes = 0;
        text = text.EndsWith("B"u8) ? text[..^1] : text;
        var hasPrefixMark = text.EndsWith("i"u8);
        text = hasPrefixMark ? text[..^1] : text;
        var power = text.IsEmpty ? 0 : 1 + "KMGT"u8.IndexOf(unchecked((byte)(text[^1] & ~0x20)));
        if ((hasPrefixMark && power == 0) || WholeNumbers.ReadDigits(power == 0 ? text : text[..^1], MostDigits) is not { } number)
        {
            return false;
        }

        bytes = number << (10 * power);
        return bytes >> (10 * power) == number;
    }

    /// <summary>A day of the calendar as YYYY-MM-DD.</summary>
    public static bool IsDate(ReadOnlySpan<byte> text) =>
        text.Length == 10 && text[4] == '-' && text[7] == '-'
        && Digits(text[..4]) is { } year and >= 1 && Digits(text[5..7]) is { } month and >= 1 and <= 12
        && Digits(text[8..]) is { } day and >= 1 && day <= DateTime.DaysInMonth(year, month);

    /// <summary>A time of day as HH:MM or HH:MM:SS.</summary>
    public static bool IsTime(ReadOnlySpan<byte> text) =>
        text.Length is 5 or 8 && text[2] == ':' && Digits(text[..2]) is <= 23 && Digits(text[3..5]) is <= 59
        && (text.Length == 5 || (text[5] == ':' && Digits(text[6..]) is <= 59));

    /// <summary>A date, T or a blank, a time with seconds, perhaps a fraction, perhaps Z or an offset such as +01:00.</summary>
    public static bool IsDateTime(ReadOnlySpan<byte> text)
    {
        if (text.Length < 19 || !IsDate(text[..10]) || text[10] is not ((byte)'T' or (byte)' ') || !IsTime(text[11..19]))
        {
            return false;
        }

        var rest = text[19..];
        if (rest.StartsWith("."u8))
        {
            var end = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            var digits = end < 0 ? rest.Length - 1 : end;
            if (digits is 0 or > 9)
            {
                return false;
            }

            rest = rest[(1 + digits)..];
        }

        return rest.IsEmpty || rest.SequenceEqual("Z"u8) || (rest.Length == 6 && rest[0] is (byte)'+' or (byte)'-' && IsTime(rest[1..]));
    }

    private static int FindUnit(byte letter, int first)
    {
        for (var unit = first; unit < Units.Length; unit++)
        {
            if (Units[unit].Letter == letter)
            {
                return unit;
            }
        }

        return -1;
    }

    private static int? Digits(ReadOnlySpan<byte> text)
    {
        var number = 0;
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit((char)character))
            {
                return null;
            }

            number = (number * 10) + character - '0';
        }

        return number;
    }
}
