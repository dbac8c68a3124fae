namespace Cms.Formats.Edits;

/// <summary>How much of a module is taken back.</summary>
/// <param name="Section">One section, or by its name one table; null for the whole module.</param>
/// <param name="Option">One option of that section; null for all of it.</param>
public sealed record RevertScope(SectionSelector? Section, string? Option)
{
    /// <summary>The whole module.</summary>
    public static readonly RevertScope Module = new(null, null);
}
