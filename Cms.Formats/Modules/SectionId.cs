namespace Cms.Formats.Modules;

/// <summary>The permanent name of a section inside its module, given at birth and never given again.</summary>
/// <param name="Value">From 1 upwards, in the order of birth.</param>
public readonly record struct SectionId(long Value) : IComparable<SectionId>
{
    /// <summary>The id of the section that is born after this one.</summary>
    public SectionId Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(SectionId other) => Value.CompareTo(other.Value);

    /// <summary>Whether <paramref name="left"/> was born before <paramref name="right"/>.</summary>
    public static bool operator <(SectionId left, SectionId right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> was born after <paramref name="right"/>.</summary>
    public static bool operator >(SectionId left, SectionId right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> was born before <paramref name="right"/> or is it.</summary>
    public static bool operator <=(SectionId left, SectionId right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> was born after <paramref name="right"/> or is it.</summary>
    public static bool operator >=(SectionId left, SectionId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
