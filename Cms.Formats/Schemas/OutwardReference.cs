namespace Cms.Formats.Schemas;

/// <summary>A value that names a section of another module.</summary>
/// <param name="Path">Where the value is.</param>
/// <param name="Module">The other module.</param>
/// <param name="Target">What it names there.</param>
public sealed record OutwardReference(string Path, string Module, ReferenceTarget Target);
