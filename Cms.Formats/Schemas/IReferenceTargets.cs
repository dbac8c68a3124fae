namespace Cms.Formats.Schemas;

/// <summary>Knows the named sections of other modules.</summary>
/// <remarks>Used by the thread that validates.</remarks>
public interface IReferenceTargets
{
    /// <summary>Whether a module has a section of this type and name.</summary>
    /// <returns>Null when the module is not known here, which violates nothing.</returns>
    bool? Has(string module, string sectionType, string name);
}
