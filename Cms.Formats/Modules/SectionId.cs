namespace Cms.Formats.Modules;

/// <summary>The permanent name of a section inside its module, given at birth and never given again.</summary>
/// <param name="Value">From 1 upwards, in the order of birth.</param>
public readonly record struct SectionId(long Value)
{
    /// <summary>The id of the section that is born after this one.</summary>
    public SectionId Next => new(Value + 1);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
