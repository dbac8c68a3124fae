using Cms.Formats.Tables;

namespace Cms.Formats.Access;

/// <summary>A table with some of its columns. Pure.</summary>
public sealed class FilteredTable
{
    private readonly TableSchema _whole;
    private readonly int[] _places;

    private FilteredTable(TableView whole, TableSchema schema, int[] places) =>
        (_whole, Shown, _places) = (whole.Schema, whole with { Schema = schema }, places);

    /// <summary>The table as it shows.</summary>
    internal TableView Shown { get; }

    /// <summary>The table with the columns that show; null when the primary key does not, so that no row can be named.</summary>
    internal static FilteredTable? TryCreate(TableView table, Predicate<string> shows) =>
        SchemaOf(table.Schema, shows) is var (schema, places) ? new FilteredTable(table, schema, places) : null;

    /// <summary>The columns that show and where they are in the whole; null when the primary key is none of them.</summary>
    /// <param name="whole">All columns.</param>
    /// <param name="shows">Whether a column shows, by its name.</param>
    public static (TableSchema Schema, int[] Places)? SchemaOf(TableSchema whole, Predicate<string> shows)
    {
        int[] places = [.. Enumerable.Range(0, whole.Columns.Count).Where(column => shows(whole.Columns[column].Name))];
        return !places.Contains(whole.PrimaryKey) ? null
            : places.Length == whole.Columns.Count ? (whole, places)
            : TableSchema.TryCreate([.. places.Select(column => whole.Columns[column])], whole.Columns[whole.PrimaryKey].Name, out var problem) is { } schema ? (schema, places)
            : throw new InvalidOperationException($"some columns of a table make none: {problem}");
    }

    /// <summary>Where a column that shows is in the whole.</summary>
    internal int PlaceOf(int column) => _places[column];

    /// <summary>A row with the columns that show.</summary>
    internal RowView Show(RowView row) => _places.Length == _whole.Columns.Count ? row : row with { Row = Pack(_whole, Shown.Schema, _places, row.Row) };

    /// <summary>A row of the whole with some of its columns, in memory of its own.</summary>
    /// <param name="whole">All columns.</param>
    /// <param name="shown">The columns that show.</param>
    /// <param name="places">Where those are in the whole.</param>
    /// <param name="row">With all columns.</param>
    public static TableRow Pack(TableSchema whole, TableSchema shown, int[] places, TableRow row)
    {
        var reader = RowReader.Of(whole, row, default);
        var builder = new TableRowBuilder(shown);
        for (var column = 0; column < places.Length; column++)
        {
            builder.Set(column, reader.GetValue(places[column]));
        }

        return builder.Build();
    }
}
