namespace Cms.Formats.Schemas.Values;

/// <summary>Addresses of networks and of hardware, as UCI programs write them.</summary>
internal static class AddressFormats
{
    private const int Ipv6Groups = 8;

    /// <summary>Four decimal numbers of 0 to 255 without leading zeros.</summary>
    public static bool IsIpv4(ReadOnlySpan<byte> text) => TryReadIpv4(text, out _);

    /// <summary>Up to eight groups of hexadecimal digits, one run of zeros as <c>::</c>, perhaps an IPv4 address at the end.</summary>
    public static bool IsIpv6(ReadOnlySpan<byte> text)
    {
        var (groups, isShortened, index) = (0, false, 0);
        if (text.StartsWith("::"u8))
        {
            (isShortened, index) = (true, 2);
        }

        while (index < text.Length)
        {
            var rest = text[index..];
            var digits = CountHexDigits(rest);
            if (digits < rest.Length && rest[digits] == '.')
            {
                return IsIpv4(rest) && IsWhole(groups + 2, isShortened);
            }

            if (digits is 0 or > 4 || ++groups > Ipv6Groups)
            {
                return false;
            }

            index += digits;
            if (index == text.Length)
            {
                return IsWhole(groups, isShortened);
            }

            if (text[index++] != ':' || index == text.Length)
            {
                return false;
            }

            if (text[index] == ':')
            {
                if (isShortened)
                {
                    return false;
                }

                (isShortened, index) = (true, index + 1);
            }
        }

        return IsWhole(groups, isShortened);
    }

    /// <summary>An address of either kind.</summary>
    public static bool IsIp(ReadOnlySpan<byte> text) => IsIpv4(text) || IsIpv6(text);

    /// <summary>An IPv4 address, a slash, and 0 to 32.</summary>
    public static bool IsCidr4(ReadOnlySpan<byte> text) => TrySplit(text, out var address, out var size) && size <= 32 && IsIpv4(address);

    /// <summary>An IPv6 address, a slash, and 0 to 128.</summary>
    public static bool IsCidr6(ReadOnlySpan<byte> text) => TrySplit(text, out var address, out var size) && size <= 128 && IsIpv6(address);

    /// <summary>A network of either kind.</summary>
    public static bool IsCidr(ReadOnlySpan<byte> text) => IsCidr4(text) || IsCidr6(text);

    /// <summary>An IPv4 mask: ones, then zeros.</summary>
    public static bool IsNetmask(ReadOnlySpan<byte> text)
    {
        if (!TryReadIpv4(text, out var mask))
        {
            return false;
        }

        var zeros = ~mask;
        return (zeros & unchecked(zeros + 1)) == 0;
    }

    /// <summary>Six pairs of hexadecimal digits, joined by colons.</summary>
    public static bool IsMac(ReadOnlySpan<byte> text)
    {
        const int Length = 17;
        for (var index = 0; index < text.Length; index++)
        {
            var isRight = index % 3 == 2 ? text[index] == ':' : IsHexDigit(text[index]);
            if (!isRight)
            {
                return false;
            }
        }

        return text.Length == Length;
    }

    /// <summary>A digit, or a letter of a to f of either case.</summary>
    public static bool IsHexDigit(byte character) => char.IsAsciiHexDigit((char)character);

    private static bool IsWhole(int groups, bool isShortened) => isShortened ? groups < Ipv6Groups : groups == Ipv6Groups;

    private static bool TryReadIpv4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        for (var part = 0; part < 4; part++)
        {
            var end = part == 3 ? text.Length : text.IndexOf((byte)'.');
            if (end < 0 || WholeNumbers.ReadDigits(text[..end], 3) is not { } number || number > byte.MaxValue)
            {
                return false;
            }

            address = (address << 8) | (uint)number;
            text = part == 3 ? default : text[(end + 1)..];
        }

        return true;
    }

    private static bool TrySplit(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> address, out long size)
    {
        var slash = text.IndexOf((byte)'/');
        address = slash < 0 ? default : text[..slash];
        var read = slash < 0 ? null : WholeNumbers.ReadDigits(text[(slash + 1)..], 3);
        size = read ?? 0;
        return read is not null;
    }

    private static int CountHexDigits(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (count < text.Length && IsHexDigit(text[count]))
        {
            count++;
        }

        return count;
    }
}
