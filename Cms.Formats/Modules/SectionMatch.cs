namespace Cms.Formats.Modules;

/// <summary>Which sections of two states of a module are the same.</summary>
/// <param name="OldToNew">Each matched section of the old state with its counterpart; one to one.</param>
/// <param name="OnlyOld">The sections that are gone, in the old order.</param>
/// <param name="OnlyNew">The sections that are new, in the new order.</param>
public sealed record SectionMatch(
    IReadOnlyDictionary<SectionId, SectionId> OldToNew, IReadOnlyList<SectionId> OnlyOld, IReadOnlyList<SectionId> OnlyNew);
