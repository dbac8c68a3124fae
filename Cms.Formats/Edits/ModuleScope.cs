namespace Cms.Formats.Edits;

/// <summary>How much of a module is meant: taken back, compared.</summary>
/// <param name="Section">One section, or by its name one table; null for the whole module.</param>
/// <param name="Option">One option of that section; null for all of it.</param>
public sealed record ModuleScope(SectionSelector? Section, string? Option)
{
    /// <summary>The whole module.</summary>
    public static readonly ModuleScope Module = new(null, null);
}
