using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Schemas.Values;
using Cms.Formats.Tables;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Checks rows against the columns that a schema declares.</summary>
internal sealed class TableCheck(IModuleView view, string module, ReferenceCheck references, ViolationList violations)
{
    /// <summary>Checks a table and all its rows; a table that is not there breaks nothing.</summary>
    public void CheckWhole(DeclaredTable declared)
    {
        if (!HasColumns(declared))
        {
            return;
        }

        foreach (var row in view.Rows(declared.Name))
        {
            CheckRow(declared, row.Row);
        }

        CheckUnique(declared);
    }

    /// <summary>Checks rows by their keys, and what is unique over all of them.</summary>
    public void CheckRows(DeclaredTable declared, IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        if (!HasColumns(declared))
        {
            return;
        }

        foreach (var key in keys)
        {
            if (view.FindRow(declared.Name, key) is { } row)
            {
                CheckRow(declared, row.Row);
            }
        }

        CheckUnique(declared);
    }

    /// <summary>Checks the references that all rows hold, in the columns that a condition names.</summary>
    public void CheckReferences(DeclaredTable declared, Func<FieldReference, bool> isMeant)
    {
        var columns = Enumerable.Range(0, declared.Columns.Count).Where(column => declared.Columns[column].Reference is { } reference && isMeant(reference)).ToList();
        if (columns.Count == 0 || view.FindTable(declared.Name)?.Schema.Equals(declared.Schema) != true)
        {
            return;
        }

        foreach (var row in view.Rows(declared.Name))
        {
            foreach (var column in columns)
            {
                CheckReference(declared, row.Row, column);
            }
        }
    }

    /// <summary>Where a column of a row is: <c>auth.clients.02:11:32:aa:bb:cc.name</c>, with <c>(secret)</c> for a key that may not be shown.</summary>
    public static string PathOf(string module, DeclaredTable declared, TableRow row, int column)
    {
        Span<byte> scratch = stackalloc byte[ElementText.ScratchSize];
        var key = declared.Schema.PrimaryKey;
        var shown = declared.Columns[key].IsSecret ? Violation.Secret : Encoding.UTF8.GetString(TextOf(declared, row, key, scratch));
        return $"{module}.{declared.Name}.{shown}.{declared.Columns[column].Name}";
    }

    /// <summary>The text of a column.</summary>
    public static ReadOnlySpan<byte> TextOf(DeclaredTable declared, TableRow row, int column, Span<byte> scratch)
    {
        var reader = RowReader.Of(declared.Schema, row, default);
        if (declared.Schema.Columns[column].Type != ElementType.String)
        {
            return ElementText.Of(reader.GetValue(column), 0, scratch);
        }

        // The row's bytes live on the heap: the reader is only a view of them.
        return reader.GetValue(column).Encoding.Span;
    }

    private bool HasColumns(DeclaredTable declared)
    {
        if (view.FindTable(declared.Name) is not { } table)
        {
            return false;
        }

        var isRight = table.Schema.Equals(declared.Schema);
        if (!isRight)
        {
            var columns = declared.Schema.Columns.Select(column => $"{column.Name} {ColumnText.NameOf(column.Type)}({column.SizeBytes})");
            violations.Add($"{module}.{declared.Name}", "table", $"has other columns, sizes or indexes than {string.Join(", ", columns)}; drop the table and create it anew");
        }

        return isRight;
    }

    private void CheckRow(DeclaredTable declared, TableRow row)
    {
        Span<byte> scratch = stackalloc byte[ElementText.ScratchSize];
        for (var column = 0; column < declared.Columns.Count && !violations.IsFull; column++)
        {
            var field = declared.Columns[column];
            if (field.RuleArray.Length > 0)
            {
                var text = TextOf(declared, row, column, scratch);
                if (ValueCheck.FindBroken(field, text) is { } rule)
                {
                    violations.Add(PathOf(module, declared, row, column), rule.Text, field, text, rule.Hint);
                }
            }

            CheckReference(declared, row, column);
        }
    }

    private void CheckReference(DeclaredTable declared, TableRow row, int column)
    {
        var field = declared.Columns[column];
        if (field.Reference is not { } reference)
        {
            return;
        }

        Span<byte> scratch = stackalloc byte[ElementText.ScratchSize];
        var text = TextOf(declared, row, column, scratch);
        if (!references.Accepts(reference, text))
        {
            violations.Add(PathOf(module, declared, row, column), reference.ToString(), field, text, ReferenceCheck.Hint(reference));
        }
    }

    // A column with a unique index cannot hold a value twice.
    private void CheckUnique(DeclaredTable declared)
    {
        for (var column = 0; column < declared.Columns.Count && !violations.IsFull; column++)
        {
            var field = declared.Columns[column];
            if (!field.IsUnique || column == declared.Schema.PrimaryKey || declared.Schema.Columns[column].Index == ColumnIndex.Unique)
            {
                continue;
            }

            var known = new HashSet<ReadOnlyMemory<byte>>(BytesComparer.Instance);
            foreach (var row in view.Rows(declared.Name))
            {
                var text = RowReader.Of(declared.Schema, row.Row, default).GetValue(column).GetBytes();
                if (!known.Add(text))
                {
                    violations.Add(PathOf(module, declared, row.Row, column), "unique", field, text.Span, "another row holds the same; no two rows may");
                }
            }
        }
    }
}
