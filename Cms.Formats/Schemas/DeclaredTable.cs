using Cms.Formats.Tables;

namespace Cms.Formats.Schemas;

/// <summary>A table that a schema declares. Never changed; safe for any thread.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Schema">Its columns as they are stored.</param>
/// <param name="Columns">What the schema says of each column, in the same order.</param>
/// <param name="Description">For people; null for none.</param>
public sealed record DeclaredTable(string Name, TableSchema Schema, IReadOnlyList<FieldSchema> Columns, string? Description);
