namespace Cms.Formats.Schemas;

/// <summary>Another module that a schema builds upon.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Least">The version that its schema must have at least.</param>
public sealed record MigrationRequirement(string Module, SchemaVersion Least)
{
    /// <summary>As a schema writes it: <c>network>=1.2.0</c>.</summary>
    public override string ToString() => $"{Module}>={Least}";
}
