using System.Diagnostics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>Turns operations on tables into changes; a part of <see cref="EditSession"/>.</summary>
/// <remarks>Pure. What it returns is decided on the state at that moment and not yet applied to it.</remarks>
internal static class TableEdits
{
    /// <summary>What an operation amounts to; no change and no refusal when the table is already so.</summary>
    public static (ModuleChange? Change, Refusal? Refusal) Decide(ModuleOperation.OfTable operation, IModuleView state)
    {
        if (operation is ModuleOperation.CreateTable create)
        {
            return Create(create, state);
        }

        if (state.FindTable(operation.Table) is not { } table)
        {
            return Refuse(ErrorCode.NotFound, $"there is no table '{operation.Table}'; create it first");
        }

        if (operation is ModuleOperation.OfRow { AreTexts: true } ofTexts)
        {
            var (typed, refusal) = ReadTexts(ofTexts, table.Schema);
            return typed is null ? (null, refusal) : Decide(typed, state);
        }

        return operation switch
        {
            ModuleOperation.DropTable => (new ModuleChange.TableDropped(operation.Table), null),
            ModuleOperation.InsertRow insert => Insert(table, insert.Row, state),
            ModuleOperation.UpdateRow update => Update(table, update.Row, state),
            ModuleOperation.DeleteRow delete => Delete(table, delete.Row, state),
            _ => throw new UnreachableException($"unknown operation {operation.GetType().Name}"),
        };
    }

    /// <summary>The revision that last changed what an operation is about; null when it is missing.</summary>
    public static Revision? RevisionOf(ModuleOperation.OfTable operation, IModuleView view)
    {
        var table = view.FindTable(operation.Table);
        return table is null || operation is not ModuleOperation.OfRow ofRow ? table?.Changed
            : KeyOf(table.Schema, ofRow.Row, out var key) is null ? view.FindRow(table.Name, key)?.Changed
            : null;
    }

    /// <summary>How messages name what an operation is about.</summary>
    public static string PathOf(ModuleOperation.OfTable operation, IModuleView view) =>
        operation is ModuleOperation.OfRow ofRow && view.FindTable(operation.Table) is { } table && ofRow.Row.GetValueOrDefault(NameOfKey(table.Schema)) is { } key
            ? $"{operation.Table}[{key}]"
            : operation.Table;

    /// <summary>How messages name a row.</summary>
    public static string PathOf(TableView table, TableRow row) =>
        $"{table.Name}[{RowReader.Of(table.Schema, row, default).GetValue(table.Schema.PrimaryKey)}]";

    private static (ModuleChange?, Refusal?) Create(ModuleOperation.CreateTable create, IModuleView state)
    {
        if (!TableSchema.IsName(create.Table))
        {
            return Refuse(ErrorCode.InvalidArgument, $"table name '{create.Table}' is not legal: 1 to {TableLimits.MaximumNameBytes} letters, digits and _");
        }

        if (state.FindTable(create.Table) is not null)
        {
            return Refuse(ErrorCode.AlreadyExists, $"a table '{create.Table}' is there already; drop it first or choose another name");
        }

        if (TableSchema.TryCreate(create.Columns, create.PrimaryKey, out var problem) is not { } schema)
        {
            return Refuse(ErrorCode.InvalidArgument, $"table '{create.Table}': {problem}");
        }

        return state.Tables().Count() < TableLimits.MaximumTables
            ? (new ModuleChange.TableCreated(create.Table, schema), null)
            : Refuse(ErrorCode.TooLarge, $"the module has {TableLimits.MaximumTables} tables, which is the most; drop one first");
    }

    // Columns that are not there are left for the operation to complain about.
    private static (ModuleOperation.OfRow? Typed, Refusal? Refusal) ReadTexts(ModuleOperation.OfRow operation, TableSchema schema)
    {
        var row = new Dictionary<string, ConfigValue>(operation.Row.Count);
        foreach (var (name, text) in operation.Row)
        {
            var column = name.Length == 0 ? schema.PrimaryKey : schema.Find(name);
            var value = column is { } place ? ColumnText.TryParseValue(schema.Columns[place], text.GetText()) : text;
            if (value is null)
            {
                return (null, ColumnText.NotOfType(schema.Columns[column!.Value], text.GetText()));
            }

            row[column is { } found ? schema.Columns[found].Name : name] = value;
        }

        return (operation with { Row = row, AreTexts = false }, null);
    }

    private static (ModuleChange?, Refusal?) Insert(TableView table, IReadOnlyDictionary<string, ConfigValue> values, IModuleView state)
    {
        if (Pack(table, values, null, out var row) is { } refusal)
        {
            return (null, refusal);
        }

        return state.FindRow(table.Name, row.Key) is null
            ? CheckUnique(table, row, state) is { } taken ? (null, taken) : (new ModuleChange.RowInserted(table.Name, row), null)
            : Refuse(ErrorCode.AlreadyExists, $"table '{table.Name}' has a row with {NameOfKey(table.Schema)} '{values[NameOfKey(table.Schema)]}' already; update it instead");
    }

    private static (ModuleChange?, Refusal?) Update(TableView table, IReadOnlyDictionary<string, ConfigValue> values, IModuleView state)
    {
        if (FindRow(table, values, state, out var before) is { } missing)
        {
            return (null, missing);
        }

        if (Pack(table, values, before, out var row) is { } refusal)
        {
            return (null, refusal);
        }

        return row == before!.Row ? (null, null)
            : CheckUnique(table, row, state) is { } taken ? (null, taken)
            : (new ModuleChange.RowUpdated(table.Name, row), null);
    }

    private static (ModuleChange?, Refusal?) Delete(TableView table, IReadOnlyDictionary<string, ConfigValue> values, IModuleView state)
    {
        if (FindRow(table, values, state, out var before) is { } missing)
        {
            return (null, missing);
        }

        return values.Count == 1
            ? (new ModuleChange.RowDeleted(table.Name, before!.Row.Key), null)
            : Refuse(ErrorCode.InvalidArgument, $"a row of '{table.Name}' is deleted by its {NameOfKey(table.Schema)} alone");
    }

    private static Refusal? FindRow(TableView table, IReadOnlyDictionary<string, ConfigValue> values, IModuleView state, out RowView? row)
    {
        row = null;
        if (KeyOf(table.Schema, values, out var key) is { } refusal)
        {
            return refusal;
        }

        row = state.FindRow(table.Name, key);
        return row is not null ? null
            : new Refusal(ErrorCode.NotFound, $"table '{table.Name}' has no row with {NameOfKey(table.Schema)} '{values[NameOfKey(table.Schema)]}'");
    }

    private static Refusal? KeyOf(TableSchema schema, IReadOnlyDictionary<string, ConfigValue> values, out ReadOnlyMemory<byte> key)
    {
        key = default;
        var column = schema.Columns[schema.PrimaryKey];
        if (!values.TryGetValue(column.Name, out var value))
        {
            return new Refusal(ErrorCode.InvalidArgument, $"the row lacks its primary key '{column.Name}'");
        }

        key = value.Encoding;
        return CheckValue(column, value);
    }

    // Columns that are not given keep what they held; a new row has to give all of them.
    internal static Refusal? Pack(TableView table, IReadOnlyDictionary<string, ConfigValue> values, RowView? before, out TableRow row)
    {
        row = default;
        if (values.Keys.FirstOrDefault(name => table.Schema.Find(name) is null) is { } unknown)
        {
            return new Refusal(ErrorCode.InvalidArgument, $"table '{table.Name}' has no column '{unknown}'");
        }

        var builder = new TableRowBuilder(table.Schema);
        for (var column = 0; column < table.Schema.Columns.Count; column++)
        {
            var definition = table.Schema.Columns[column];
            if (!values.TryGetValue(definition.Name, out var value))
            {
                value = before is null ? null : RowReader.Of(table.Schema, before.Row, before.Changed).GetValue(column);
            }

            var refusal = value is null
                ? new Refusal(ErrorCode.InvalidArgument, $"the row lacks column '{definition.Name}'; a new row of '{table.Name}' has all of them")
                : CheckValue(definition, value);
            if (refusal is not null)
            {
                return refusal;
            }

            builder.Set(column, value!);
        }

        row = builder.Build();
        return null;
    }

    private static Refusal? CheckValue(TableColumn column, ConfigValue value)
    {
        if (value.IsList || value.ElementType != column.Type)
        {
            var given = value.IsList ? "list" : ColumnText.NameOf(value.ElementType);
            return new Refusal(ErrorCode.InvalidArgument, $"column '{column.Name}' is of type {ColumnText.NameOf(column.Type)}, not {given}");
        }

        if (column.Type == ElementType.String && value.Encoding.Length > column.SizeBytes)
        {
            return new Refusal(ErrorCode.TooLarge, $"the string for column '{column.Name}' has {value.Encoding.Length} bytes; the most is {column.SizeBytes}");
        }

        var isInRange = column.Type != ElementType.Int || (BitConverter.ToInt64(value.Encoding.Span) is var number && number >= column.LeastInt && number <= column.GreatestInt);
        return isInRange ? null
            : new Refusal(ErrorCode.InvalidArgument, $"{value} does not fit column '{column.Name}', which holds {column.LeastInt} to {column.GreatestInt}");
    }

    private static Refusal? CheckUnique(TableView table, TableRow row, IModuleView state)
    {
        foreach (var column in table.Schema.Indexed.Where(column => table.Schema.Columns[column].Index == ColumnIndex.Unique))
        {
            var value = RowReader.Of(table.Schema, row, default).GetValue(column);
            var holder = state.FindRows(table.Name, column, value.Encoding).FirstOrDefault();
            if (holder is not null && !holder.Row.Key.Span.SequenceEqual(row.Key.Span))
            {
                return new Refusal(ErrorCode.AlreadyExists, $"another row of '{table.Name}' has '{value}' in the unique column '{table.Schema.Columns[column].Name}'");
            }
        }

        return null;
    }

    private static string NameOfKey(TableSchema schema) => schema.Columns[schema.PrimaryKey].Name;

    private static (ModuleChange?, Refusal?) Refuse(ErrorCode code, string message) => (null, new Refusal(code, message));
}
