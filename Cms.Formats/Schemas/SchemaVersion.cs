using System.Globalization;

namespace Cms.Formats.Schemas;

/// <summary>Which state of a schema: MAJOR.MINOR.PATCH, as semantic versions are written, without a suffix.</summary>
/// <param name="Major">0 to 999,999,999; grows when data has to change.</param>
/// <param name="Minor">0 to 999,999,999; grows when something is added.</param>
/// <param name="Patch">0 to 999,999,999; grows when nothing but the wording changes.</param>
public readonly record struct SchemaVersion(int Major, int Minor, int Patch) : IComparable<SchemaVersion>
{
    private const int MostDigits = 9;

    /// <summary>Reads a version.</summary>
    /// <param name="text">Three decimal numbers without leading zeros, joined by dots.</param>
    /// <returns>Null when the text is no version.</returns>
    public static SchemaVersion? TryParse(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 3 && Number(parts[0]) is { } major && Number(parts[1]) is { } minor && Number(parts[2]) is { } patch
            ? new SchemaVersion(major, minor, patch)
            : null;
    }

    /// <inheritdoc/>
    public int CompareTo(SchemaVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/> or is it.</summary>
    public static bool operator <=(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/> or is it.</summary>
    public static bool operator >=(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) >= 0;

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static int? Number(string text) =>
        text.Length is > 0 and <= MostDigits && (text.Length == 1 || text[0] != '0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
