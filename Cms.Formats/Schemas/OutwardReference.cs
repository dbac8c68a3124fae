namespace Cms.Formats.Schemas;

/// <summary>A value that names a section of another module.</summary>
/// <param name="Path">Where the value is.</param>
/// <param name="Module">The other module.</param>
/// <param name="Target">What it names there.</param>
/// <param name="IsSecret">Whether the value is shown to nobody.</param>
public sealed record OutwardReference(string Path, string Module, ReferenceTarget Target, bool IsSecret = false)
{
    /// <summary>The name as messages show it: <c>(secret)</c> for one that may not be shown.</summary>
    public string NameShown => IsSecret ? Violation.Secret : Target.Name;
}
