using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Cms.Formats.Schemas;

/// <summary>The version of a module's schema, <c>MAJOR.MINOR.PATCH</c>, ordered as semantic versions are (semver.org, without pre-releases).</summary>
/// <param name="Major">0 or more; raised when programs that read the module have to change.</param>
/// <param name="Minor">0 or more.</param>
/// <param name="Patch">0 or more.</param>
public readonly record struct SchemaVersion(int Major, int Minor, int Patch) : IComparable<SchemaVersion>
{
    private const int PartCount = 3;

    /// <summary>Whether one version comes before another.</summary>
    public static bool operator <(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether one version comes after another.</summary>
    public static bool operator >(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether one version is another or comes before it.</summary>
    public static bool operator <=(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one version is another or comes after it.</summary>
    public static bool operator >=(SchemaVersion left, SchemaVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads three whole numbers with points between them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SchemaVersion version)
    {
        version = default;
        var parts = text?.Split('.') ?? [];
        Span<int> numbers = stackalloc int[PartCount];
        if (parts.Length != PartCount)
        {
            return false;
        }

        for (var part = 0; part < PartCount; part++)
        {
            if (!int.TryParse(parts[part], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[part]))
            {
                return false;
            }
        }

        version = new SchemaVersion(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(SchemaVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
