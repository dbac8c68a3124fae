using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Tests.Segments;

/// <summary>Makes up changes of tables that fit a model.</summary>
internal sealed class RandomTables(Random random, ModuleModel model, int scale)
{
    private static readonly TableSchema[] Schemas =
    [
        Schema(
            "name",
            new("name", ElementType.String, 20, ColumnIndex.None),
            new("port", ElementType.Int, 2, ColumnIndex.Repeating),
            new("note", ElementType.String, 40, ColumnIndex.None),
            new("serial", ElementType.Int, 8, ColumnIndex.Unique)),
        Schema(
            "id",
            new("group", ElementType.String, 12, ColumnIndex.Repeating),
            new("id", ElementType.Int, 4, ColumnIndex.None),
            new("load", ElementType.Float, 8, ColumnIndex.None),
            new("is_up", ElementType.Bool, 1, ColumnIndex.Repeating),
            new("mac", ElementType.String, 17, ColumnIndex.Unique)),
        Schema("flag", new("flag", ElementType.Bool, 1, ColumnIndex.None), new("small", ElementType.Int, 1, ColumnIndex.None)),
        Schema("only", new TableColumn("only", ElementType.String, 255, ColumnIndex.None)),
    ];

    /// <summary>A change that fits the model as it is.</summary>
    public ModuleChange Next()
    {
        var table = model.AllTables.Count == 0 ? null : model.AllTables[random.Next(model.AllTables.Count)];
        if (table is null || random.Next(30) == 0)
        {
            return model.AllTables.Count < 4 || table is null
                ? new ModuleChange.TableCreated(FreeName(), Schemas[random.Next(Schemas.Length)])
                : new ModuleChange.TableDropped(table.Name);
        }

        for (var attempt = 0; attempt < 20; attempt++)
        {
            var some = table.Rows.Count == 0 ? null : table.Rows[random.Next(table.Rows.Count)];
            var kind = random.Next(table.Rows.Count > scale * 2 ? 6 : 10);
            if (some is not null && kind < 3)
            {
                return new ModuleChange.RowDeleted(table.Name, some.Row.Key);
            }

            var row = NextRow(table.Schema, some is not null && kind < 5 ? some.Row : null);
            var same = table.Find(row.Key);
            if (IsUnique(table, row))
            {
                return same is null ? new ModuleChange.RowInserted(table.Name, row) : new ModuleChange.RowUpdated(table.Name, row);
            }
        }

        return new ModuleChange.TableDropped(table.Name);
    }

    private static TableSchema Schema(string primaryKey, params TableColumn[] columns) =>
        TableSchema.TryCreate(columns, primaryKey, out var problem) ?? throw new InvalidOperationException(problem);

    private static bool IsUnique(ModelTable table, TableRow row) => table.Schema.Indexed
        .Where(column => table.Schema.Columns[column].Index == ColumnIndex.Unique)
        .All(column => table.Find(column, table.ValueOf(row, column)).All(other => other.Row.Key.Span.SequenceEqual(row.Key.Span)));

    private TableRow NextRow(TableSchema schema, TableRow? like)
    {
        var builder = new TableRowBuilder(schema);
        for (var column = 0; column < schema.Columns.Count; column++)
        {
            var isKept = like is not null && (column == schema.PrimaryKey || random.Next(3) == 0);
            builder.Set(column, isKept ? RowReader.Of(schema, like!.Value, default).GetValue(column) : NextValue(schema.Columns[column]));
        }

        return builder.Build();
    }

    private ConfigValue NextValue(TableColumn column) => column.Type switch
    {
        ElementType.Int => ConfigValue.FromInt(Math.Clamp(random.Next(-2, scale * 3), column.LeastInt, column.GreatestInt)),
        ElementType.Float => ConfigValue.FromFloat(random.NextDouble()),
        ElementType.Bool => ConfigValue.FromBool(random.Next(2) == 0),
        _ => ConfigValue.FromText(new string((char)('a' + random.Next(26)), random.Next(Math.Min(column.SizeBytes, 2 + (scale / 8))))),
    };

    private string FreeName()
    {
        string name;
        do
        {
            name = $"t{random.Next(8)}";
        }
        while (model.FindTable(name) is not null);
        return name;
    }
}
