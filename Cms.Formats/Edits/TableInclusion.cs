using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>Plans how the tables of one state are added to another; a part of <see cref="ModuleImport"/>.</summary>
/// <remarks>A table that is not there is made; of one that is, rows of the same primary key get the added values, others are added. Pure.</remarks>
internal static class TableInclusion
{
    /// <summary>The operations; nothing is changed. A table of other columns is left for the rows to be refused.</summary>
    public static IEnumerable<ModuleOperation> Plan(IModuleView content, IModuleView current)
    {
        foreach (var table in content.Tables())
        {
            var isThere = current.FindTable(table.Name) is not null;
            if (!isThere)
            {
                yield return new ModuleOperation.CreateTable(table.Name, table.Schema.Columns, table.Schema.Columns[table.Schema.PrimaryKey].Name);
            }

            foreach (var row in content.Rows(table.Name))
            {
                var values = TableQuery.ToValues(table.Schema, row);
                yield return isThere && current.FindRow(table.Name, row.Row.Key) is not null
                    ? new ModuleOperation.UpdateRow(table.Name, values)
                    : new ModuleOperation.InsertRow(table.Name, values);
            }
        }
    }
}
