namespace Cms.Formats.Schemas;

/// <summary>A named section that others may refer to.</summary>
/// <param name="SectionType">Its type.</param>
/// <param name="Name">Its name.</param>
public sealed record ReferenceTarget(string SectionType, string Name)
{
    /// <summary>Of one that went: the type of the section that has the name now; null when none has.</summary>
    public string? TypeNow { get; init; }
}
