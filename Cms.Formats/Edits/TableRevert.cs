using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>Takes back what became of tables; a part of <see cref="RevertPlan"/>.</summary>
internal sealed class TableRevert(IModuleView before, IModuleView after, IModuleView current)
{
    private readonly List<ModuleOperation> _operations = [];
    private readonly List<string> _kept = [];

    /// <summary>The operations, and the paths that are left alone.</summary>
    /// <param name="only">The one table that is taken back; null for all.</param>
    public (IReadOnlyList<ModuleOperation> Operations, IReadOnlyList<string> Kept) Plan(string? only)
    {
        var names = after.Tables().Select(table => table.Name).Union(before.Tables().Select(table => table.Name));
        foreach (var name in names.Where(name => only is null || only == name).ToList())
        {
            Revert(name, before.FindTable(name), after.FindTable(name), current.FindTable(name));
        }

        return (_operations, _kept);
    }

    private void Revert(string name, TableView? old, TableView? left, TableView? now)
    {
        var hasColumnsKept = old is not null && left is not null && old.Schema.Equals(left.Schema);
        if (hasColumnsKept && AreRowsEqual(before, after, name))
        {
            return;
        }

        if (hasColumnsKept && now is not null && now.Schema.Equals(left!.Schema))
        {
            var rows = new RowRevert(before, after, current, now);
            _operations.AddRange(rows.Operations());
            _kept.AddRange(rows.Kept);
        }
        else if (IsSame(old, before, now))
        {
            // Somebody has restored it already.
        }
        else if (IsSame(left, after, now))
        {
            Replace(name, old, now);
        }
        else
        {
            _kept.Add(name);
        }
    }

    private bool IsSame(TableView? table, IModuleView view, TableView? now) =>
        table is null ? now is null : now is not null && table.Schema.Equals(now.Schema) && AreRowsEqual(view, current, table.Name);

    private void Replace(string name, TableView? old, TableView? now)
    {
        if (now is not null)
        {
            _operations.Add(new ModuleOperation.DropTable(name));
        }

        if (old is not null)
        {
            _operations.Add(new ModuleOperation.CreateTable(name, old.Schema.Columns, old.Schema.Columns[old.Schema.PrimaryKey].Name));
            _operations.AddRange(before.Rows(name).Select(row => new ModuleOperation.InsertRow(name, TableQuery.ToValues(old.Schema, row))));
        }
    }

    private static bool AreRowsEqual(IModuleView left, IModuleView right, string table) =>
        ReferenceEquals(left, right) || left.Rows(table).Select(row => row.Row).SequenceEqual(right.Rows(table).Select(row => row.Row));
}
