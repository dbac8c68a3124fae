using Cms.Formats.Modules;

namespace Cms.Formats.Schemas.Values;

/// <summary>Whether a text is of a format.</summary>
internal delegate bool TextCheck(ReadOnlySpan<byte> text);

/// <summary>Whether a text is a whole number, and which: seconds for a duration, bytes for a size.</summary>
internal delegate bool NumberReader(ReadOnlySpan<byte> text, out long number);

/// <summary>A type or format that schemas name.</summary>
/// <param name="Name">The word.</param>
/// <param name="Hint">What a text of it is, for people.</param>
/// <param name="Example">One text of it.</param>
/// <param name="Check">Whether a text is of it.</param>
internal sealed record ValueFormat(string Name, string Hint, string Example, TextCheck Check)
{
    /// <summary>How typed values of it are stored.</summary>
    public ElementType ElementType { get; init; } = ElementType.String;

    /// <summary>The number that <c>min</c>, <c>max</c> and <c>range</c> look at; null when they look at the count of characters.</summary>
    public NumberReader? Number { get; init; }
}

/// <summary>The one table of types and formats; <c>docs/schemas.md</c> prints it and a test holds the two equal.</summary>
internal static class ValueFormats
{
    /// <summary>The words that only <c>type</c> takes: <c>format</c> takes all the others.</summary>
    public const int BareTypes = 5;

    /// <summary>Every type, in the order of the document.</summary>
    public static IReadOnlyList<ValueFormat> All { get; } =
    [
        new("string", "any text", "lan", _ => true),
        Number("int", "a whole number, decimal or 0x and hexadecimal", "-20", WholeNumbers.TryRead, ElementType.Int),
        Number("uint", "a whole number from 0 upwards", "1500", WholeNumbers.TryReadUnsigned, ElementType.Int),
        new("float", "a decimal number", "0.5", text => WholeNumbers.TryReadFloat(text, out _)) { ElementType = ElementType.Float },
        new("bool", "1, on, yes, true or enabled; or 0, off, no, false or disabled", "1", text => WholeNumbers.TryReadBool(text, out _)) { ElementType = ElementType.Bool },
        new("ipv4", "an IPv4 address", "192.168.1.1", AddressFormats.IsIpv4),
        new("ipv6", "an IPv6 address", "fd00::1", AddressFormats.IsIpv6),
        new("ipaddr", "an IPv4 or IPv6 address", "192.168.1.1", AddressFormats.IsIp),
        new("cidr4", "an IPv4 address, / and 0 to 32", "10.0.0.0/8", AddressFormats.IsCidr4),
        new("cidr6", "an IPv6 address, / and 0 to 128", "fd00::/48", AddressFormats.IsCidr6),
        new("cidr", "an IPv4 or IPv6 address, / and the length of its prefix", "10.0.0.0/8", AddressFormats.IsCidr),
        new("netmask", "an IPv4 mask of ones and then zeros", "255.255.255.0", AddressFormats.IsNetmask),
        new("mac", "six pairs of hexadecimal digits joined by colons", "02:11:32:aa:bb:cc", AddressFormats.IsMac),
        new("hostname", "labels of letters, digits and inner hyphens, joined by dots", "gw.example.org", NetworkFormats.IsHostName),
        new("host", "a host's name, or an IPv4 or IPv6 address", "gw.example.org", NetworkFormats.IsHost),
        Number("port", "1 to 65535", "443", NetworkFormats.TryReadPort, ElementType.String),
        new("portrange", "a port, or two joined by - or :, the lower one first", "1000-2000", NetworkFormats.IsPortRange),
        new("url", "a scheme, ://, a host and what follows", "https://example.org/a?b=c", NetworkFormats.IsUrl),
        new("email", "a mailbox, @ and the name of a host", "root@example.org", NetworkFormats.IsEmail),
        Number("duration", "seconds, or numbers with w, d, h, m or s behind, the greater unit first", "1d12h", TimeFormats.TryReadDuration, ElementType.String),
        Number("size", "bytes, or a number with K, M, G or T behind", "100M", TimeFormats.TryReadSize, ElementType.String),
        new("date", "a day of the calendar as YYYY-MM-DD", "2024-02-29", TimeFormats.IsDate),
        new("time", "a time of day as HH:MM or HH:MM:SS", "23:59", TimeFormats.IsTime),
        new("datetime", "YYYY-MM-DDTHH:MM:SS, perhaps with a fraction, and with Z or an offset", "2024-02-29T23:59:00Z", TimeFormats.IsDateTime),
        new("uuid", "hexadecimal digits in groups of 8-4-4-4-12", "123e4567-e89b-12d3-a456-426614174000", TextFormats.IsUuid),
        new("hex", "bytes as pairs of hexadecimal digits", "00ff", TextFormats.IsHex),
        new("base64", "bytes in base 64, padded to groups of four", "aGVsbG8=", TextFormats.IsBase64),
        new("path", "a path that begins with /, without control characters", "/etc/config", TextFormats.IsPath),
    ];

    /// <summary>The type without any condition.</summary>
    public static ValueFormat Text => All[0];

    /// <summary>The type or format of this name, or null.</summary>
    public static ValueFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    private static ValueFormat Number(string name, string hint, string example, NumberReader reader, ElementType type) =>
        new(name, hint, example, text => reader(text, out _)) { ElementType = type, Number = reader };
}
