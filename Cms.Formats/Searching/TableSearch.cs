using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Formats.Tables;

namespace Cms.Formats.Searching;

/// <summary>Finds cells of a module's tables by path <c>module.table[key].column</c>, the column's name, or value.</summary>
public static class TableSearch
{
    /// <summary>The cells that a query finds, in the order of tables, rows and columns; the table of the module's schema is left out. Cells have no section type: a query that asks for one finds none.</summary>
    /// <inheritdoc cref="OptionSearch.Run"/>
    public static IEnumerable<CellHit> Run(IModuleView view, string module, OptionQuery query)
    {
        if (query.SectionType is not null)
        {
            yield break;
        }

        var matcher = new OptionMatcher(query, module);
        foreach (var table in view.Tables().Where(table => table.Name != SchemaTable.Name))
        {
            var key = table.Schema.Columns[table.Schema.PrimaryKey].Name;
            foreach (var row in view.Rows(table.Name))
            {
                var values = TableQuery.ToValues(table.Schema, row);
                foreach (var (column, value) in values)
                {
                    var hit = new CellHit(table.Name, values[key].GetText(), column, value);
                    if (matcher.MatchesPath(Encoding.UTF8.GetBytes($"{hit.Table}[{hit.Key}]"), Encoding.UTF8.GetBytes(column)) || (matcher.SearchesValue && matcher.Matches(value)))
                    {
                        yield return hit;
                    }
                }
            }
        }
    }
}
