using Cms.Formats.Modules;

namespace Cms.Formats.Schemas;

/// <summary>One version of a module's schema as it was registered, without its text, of which there may be a MiB.</summary>
/// <param name="Version">Its version.</param>
public record SchemaHead(SchemaVersion Version)
{
    /// <summary>The commit that registered it; <see cref="Revision.None"/> before that.</summary>
    public Revision Registered { get; init; }

    /// <summary>The migration that led here; null when the schema was registered alone.</summary>
    public SchemaMigration? Migration { get; init; }
}
