using Cms.Formats.Modules;

namespace Cms.Formats.Tables;

/// <summary>A table as a view shows it.</summary>
/// <param name="Name">[A-Za-z0-9_], 1 to 255 characters, unique among the tables of the module.</param>
/// <param name="Schema">Its columns.</param>
/// <param name="RowCount">How many rows it has.</param>
/// <param name="Changed">The commit that created it; its rows have revisions of their own.</param>
public sealed record TableView(string Name, TableSchema Schema, int RowCount, Revision Changed);

/// <summary>A row as a view shows it.</summary>
/// <param name="Row">Its packed columns.</param>
/// <param name="Changed">The commit that inserted or last updated it.</param>
public sealed record RowView(TableRow Row, Revision Changed);
