namespace Cms.Formats.Schemas.Checking;

/// <summary>Knows of one other module what is gone from it, and nothing else.</summary>
internal sealed class GoneTargets(string targetModule, IReadOnlyList<ReferenceTarget> gone) : IReferenceTargets
{
    private readonly ILookup<string, ReferenceTarget> _gone = gone.ToLookup(target => target.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool? Has(string module, string sectionType, string name) => module == targetModule && _gone[name].Any(target => IsMissing(target, sectionType)) ? false : null;

    // A section of another type than before may still be one of those that are asked for.
    private static bool IsMissing(ReferenceTarget target, string asked) =>
        FieldReference.IsOfType(target.SectionType, asked) && !(target.TypeNow is { } type && FieldReference.IsOfType(type, asked));
}
