using System.Globalization;
using System.Text;

namespace Cms.Formats.Uci;

/// <summary>An address as UCI writes it: <c>package[.section[.option]][=value]</c>.</summary>
/// <param name="Package">Bytes of 33..126 without a dot.</param>
/// <param name="Section">A name, or a selector such as <c>@type[0]</c>, or whatever else stood there; null when there is no dot.</param>
/// <param name="Option">A valid name, or null.</param>
/// <param name="Value">Everything behind the first <c>=</c>; null when there is none.</param>
public sealed record UciAddress(string Package, string? Section, string? Option, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Whether the section is no plain name, so that <see cref="TryParseSelector"/> has to say which one is meant.</summary>
    public bool HasSelector => Section is not null && !UciNames.IsName(Section.AsSpan());

    /// <summary>Takes an address apart.</summary>
    /// <param name="tuple">Not copied: <see cref="Value"/> is a slice of it.</param>
    /// <returns>Null when UCI answers <c>Parse error</c>.</returns>
    public static UciAddress? TryParse(ReadOnlyMemory<byte> tuple)
    {
        var equals = tuple.Span.IndexOf((byte)'=');
        var value = equals < 0 ? default(ReadOnlyMemory<byte>?) : tuple[(equals + 1)..];
        var path = equals < 0 ? tuple.Span : tuple.Span[..equals];
        if (path.Count((byte)'.') > 2 || (value is { } given && !UciNames.IsText(given.Span)))
        {
            return null;
        }

        var package = TakePart(ref path, out var hasSection);
        var hasOption = false;
        var section = hasSection ? TakePart(ref path, out hasOption) : [];
        if (!UciNames.IsPackage(package) || (hasOption && !UciNames.IsName(path)))
        {
            return null;
        }

        return new UciAddress(
            Encoding.Latin1.GetString(package),
            hasSection ? Encoding.Latin1.GetString(section) : null,
            hasOption ? Encoding.Latin1.GetString(path) : null,
            value);
    }

    /// <summary>Takes <c>@type[index]</c> or <c>@[index]</c> apart.</summary>
    /// <param name="section">What stands in the place of the section.</param>
    /// <param name="type">The type to count; null counts all sections.</param>
    /// <param name="index">0-based; below 0 counts from the end, -1 being the last.</param>
    /// <returns>False when UCI answers <c>Invalid argument</c>.</returns>
    public static bool TryParseSelector(string section, out string? type, out int index)
    {
        type = null;
        index = 0;
        var open = section.IndexOf('[', StringComparison.Ordinal);
        if (section.Length < 3 || section[0] != '@' || open < 0 || section.IndexOf(']', open) != section.Length - 1)
        {
            return false;
        }

        type = open == 1 ? null : section[1..open];
        return (type is null || UciNames.IsType(type)) && TryParseIndex(section.AsSpan()[(open + 1)..^1], out index);
    }

    // As strtol: white space and a sign may lead, nothing is 0, and what is too large is out of range anyway.
    private static bool TryParseIndex(ReadOnlySpan<char> digits, out int index)
    {
        index = 0;
        if (digits.IsEmpty)
        {
            return true;
        }

        var isNumber = long.TryParse(digits, NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        index = (int)Math.Clamp(number, int.MinValue, int.MaxValue);
        return isNumber;
    }

    private static ReadOnlySpan<byte> TakePart(ref ReadOnlySpan<byte> path, out bool hasMore)
    {
        var dot = path.IndexOf((byte)'.');
        hasMore = dot >= 0;
        var part = hasMore ? path[..dot] : path;
        path = hasMore ? path[(dot + 1)..] : [];
        return part;
    }
}
