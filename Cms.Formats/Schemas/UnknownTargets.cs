namespace Cms.Formats.Schemas;

/// <summary>Knows no other module, for whoever looks at one alone. Safe for any thread.</summary>
public sealed class UnknownTargets : IReferenceTargets
{
    private UnknownTargets()
    {
    }

    /// <summary>The one that there is.</summary>
    public static UnknownTargets Instance { get; } = new();

    /// <inheritdoc/>
    public bool? Has(string module, string sectionType, string name) => null;
}
