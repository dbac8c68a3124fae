namespace Cms.Formats.Schemas;

/// <summary>Knows the named sections of other modules.</summary>
/// <remarks>Used by the thread that validates.</remarks>
public interface IReferenceTargets
{
    /// <summary>Whether a module has a section of this type and name.</summary>
    /// <param name="module">The module.</param>
    /// <param name="sectionType">The type as the schema asks for it, perhaps with a * at its end; see <see cref="FieldReference.IsOfType"/>.</param>
    /// <param name="name">The section's name.</param>
    /// <returns>Null when the module is not known here, which violates nothing.</returns>
    bool? Has(string module, string sectionType, string name);
}
