namespace Cms.Formats.Modules;

/// <summary>How many commits a module has seen: 0 before the first, and it never goes back.</summary>
/// <param name="Value">0 to 2^40 - 1; a segment stores it in 40 bits.</param>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>The state of a module that has no commit yet.</summary>
    public static readonly Revision None;

    /// <summary>The revision of the commit after this one.</summary>
    public Revision Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    /// <summary>Whether <paramref name="left"/> was committed before <paramref name="right"/>.</summary>
    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> was committed after <paramref name="right"/>.</summary>
    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> was committed before or with <paramref name="right"/>.</summary>
    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> was committed after or with <paramref name="right"/>.</summary>
    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
