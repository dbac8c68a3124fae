namespace Cms.Formats.Schemas.Checking;

/// <summary>Knows of one other module what is gone from it, and nothing else.</summary>
internal sealed class GoneTargets(string targetModule, IReadOnlyList<ReferenceTarget> gone) : IReferenceTargets
{
    private readonly HashSet<ReferenceTarget> _gone = [.. gone];

    /// <inheritdoc/>
    public bool? Has(string module, string sectionType, string name) =>
        module == targetModule && _gone.Contains(new ReferenceTarget(sectionType, name)) ? false : null;
}
