using System.Buffers;

namespace Cms.Formats.Schemas.Values;

/// <summary>Names of hosts, ports, and what is made of them.</summary>
internal static class NetworkFormats
{
    private const int LongestHostName = 253;
    private const int LongestLabel = 63;
    private const int LongestMailbox = 64;

    private static readonly SearchValues<byte> LabelBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);
    private static readonly SearchValues<byte> DigitsAndDots = SearchValues.Create("0123456789."u8);
    private static readonly SearchValues<byte> SchemeBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-"u8);
    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"u8);

    private static readonly SearchValues<byte> MailboxBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-"u8);

    /// <summary>Labels of letters, digits and inner hyphens; not digits and dots alone, which would be a mistyped address.</summary>
    public static bool IsHostName(ReadOnlySpan<byte> text)
    {
        text = text.EndsWith("."u8) ? text[..^1] : text;
        var hasLetter = text.ContainsAnyExcept(DigitsAndDots);
        foreach (var part in text.Split((byte)'.'))
        {
            if (!IsLabel(text[part]))
            {
                return false;
            }
        }

        return hasLetter && text.Length <= LongestHostName;
    }

    /// <summary>A host's name or address.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text) => IsHostName(text) || AddressFormats.IsIp(text);

    /// <summary>1 to 65535.</summary>
    public static bool TryReadPort(ReadOnlySpan<byte> text, out long port)
    {
        var number = WholeNumbers.ReadDigits(text, 5);
        port = number ?? 0;
        return number is >= 1 and <= ushort.MaxValue;
    }

    /// <summary>A port, or two with - or : between, the lower one first.</summary>
    public static bool IsPortRange(ReadOnlySpan<byte> text)
    {
        var split = text.IndexOfAny((byte)'-', (byte)':');
        return split < 0
            ? TryReadPort(text, out _)
            : TryReadPort(text[..split], out var first) && TryReadPort(text[(split + 1)..], out var last) && first <= last;
    }

    /// <summary>A scheme, <c>://</c>, a host with perhaps a user and a port, and whatever follows; only <c>file</c> may do without a host.</summary>
    public static bool IsUrl(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf("://"u8);
        if (colon < 1 || !char.IsAsciiLetter((char)text[0]) || text[..colon].ContainsAnyExcept(SchemeBytes) || text.ContainsAnyExcept(AddressBytes))
        {
            return false;
        }

        var rest = text[(colon + 3)..];
        var end = rest.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        var authority = end < 0 ? rest : rest[..end];
        return authority.IsEmpty ? text[..colon].SequenceEqual("file"u8) && rest.Length > 1 : IsAuthority(authority[(authority.LastIndexOf((byte)'@') + 1)..]);
    }

    /// <summary>A mailbox, <c>@</c> and the name of a host.</summary>
    public static bool IsEmail(ReadOnlySpan<byte> text)
    {
        var at = text.LastIndexOf((byte)'@');
        if (at is < 1 or > LongestMailbox)
        {
            return false;
        }

        var mailbox = text[..at];
        return !mailbox.ContainsAnyExcept(MailboxBytes) && mailbox[0] != '.' && mailbox[^1] != '.' && mailbox.IndexOf(".."u8) < 0 && IsHostName(text[(at + 1)..]);
    }

    private static bool IsLabel(ReadOnlySpan<byte> label) =>
        label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-' && !label.ContainsAnyExcept(LabelBytes);

    private static bool IsAuthority(ReadOnlySpan<byte> text)
    {
        var close = text.IndexOf((byte)']');
        if (text.StartsWith("["u8))
        {
            return close > 0 && AddressFormats.IsIpv6(text[1..close]) && IsPortPart(text[(close + 1)..]);
        }

        var colon = text.IndexOf((byte)':');
        return colon < 0 ? IsHost(text) : IsHost(text[..colon]) && IsPortPart(text[colon..]);
    }

    private static bool IsPortPart(ReadOnlySpan<byte> text) => text.IsEmpty || (text[0] == ':' && TryReadPort(text[1..], out _));
}
