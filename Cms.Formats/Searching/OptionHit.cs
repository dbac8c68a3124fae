using Cms.Formats.Modules;

namespace Cms.Formats.Searching;

/// <summary>An option that a search has found.</summary>
/// <param name="Section">Its section.</param>
/// <param name="SectionName">The section's name, or <c>@type[n]</c> for an anonymous one.</param>
/// <param name="Option">Name and value.</param>
public sealed record OptionHit(SectionView Section, string SectionName, OptionView Option);
