namespace Cms.Formats.Schemas;

/// <summary>One version of a module's schema as it was registered.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Text">The schema, as UCI text.</param>
public sealed record SchemaEdition(SchemaVersion Version, ReadOnlyMemory<byte> Text) : SchemaHead(Version);

/// <summary>What is kept of a migration, so that it can be taken back without its files.</summary>
/// <param name="Description">For people; may be empty.</param>
/// <param name="Requires">What it needed of other modules, each <c>MODULE&gt;=VERSION</c>.</param>
/// <param name="Up">The script that was run.</param>
/// <param name="Down">The script that takes it back.</param>
public sealed record SchemaMigration(string Description, IReadOnlyList<string> Requires, ReadOnlyMemory<byte> Up, ReadOnlyMemory<byte> Down);
