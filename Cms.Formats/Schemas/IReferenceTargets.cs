namespace Cms.Formats.Schemas;

/// <summary>Answers whether the sections are there that fields of a module refer to in other modules.</summary>
public interface IReferenceTargets
{
    /// <summary>Whether a module has a section.</summary>
    /// <param name="module">Another module than the one that is validated.</param>
    /// <param name="sectionType">The section's type.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Null when that cannot be known here; then nothing is said against the reference.</returns>
    bool? Has(string module, string sectionType, string name);
}
