using Cms.Formats.Modules;

namespace Cms.Formats.Tables;

/// <summary>Finds the rows that several filters let through. Pure.</summary>
public static class TableQuery
{
    /// <summary>The rows that all filters let through; in the order of insertion when no filter is answered by an index.</summary>
    /// <param name="view">Where the table is; read as the rows are asked for.</param>
    /// <param name="table">The table.</param>
    /// <param name="filters">None for all rows.</param>
    public static IEnumerable<RowView> Run(IModuleView view, TableView table, IReadOnlyList<RowFilter> filters)
    {
        var indexed = filters.FirstOrDefault(filter => filter.IsEquality && IsFound(table.Schema, filter.Column));
        var rows = indexed is null ? view.Rows(table.Name) : view.FindRows(table.Name, indexed.Column, indexed.Value);
        return rows.Where(row => filters.All(filter => filter.Matches(RowReader.Of(table.Schema, row.Row, row.Changed))));
    }

    /// <summary>Whether rows are found by a column without looking at every one.</summary>
    public static bool IsFound(TableSchema schema, int column) => column == schema.PrimaryKey || schema.Columns[column].Index != ColumnIndex.None;

    /// <summary>The columns of a row by their names.</summary>
    public static IReadOnlyDictionary<string, ConfigValue> ToValues(TableSchema schema, RowView row)
    {
        var reader = RowReader.Of(schema, row.Row, row.Changed);
        var values = new OrderedDictionary<string, ConfigValue>(schema.Columns.Count);
        for (var column = 0; column < schema.Columns.Count; column++)
        {
            values.Add(schema.Columns[column].Name, reader.GetValue(column));
        }

        return values;
    }
}
