namespace Cms.Formats.Schemas;

/// <summary>A named section that fields can refer to.</summary>
/// <param name="SectionType">Its type.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ReferenceTarget(string SectionType, string Name);
