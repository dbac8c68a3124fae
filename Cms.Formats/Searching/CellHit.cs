using Cms.Formats.Modules;

namespace Cms.Formats.Searching;

/// <summary>A cell of a table that a search has found.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Key">The row's primary key as text.</param>
/// <param name="Column">The column's name.</param>
/// <param name="Value">What the cell holds.</param>
public sealed record CellHit(string Table, string Key, string Column, ConfigValue Value)
{
    /// <summary>The cell's address without the module: <c>table[key].column</c>.</summary>
    public string Path => $"{Table}[{Key}].{Column}";
}
