using System.Globalization;
using System.Text.Json;
using Cms.Cli.Output;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;
using Cms.Formats.Tables;

namespace Cms.Cli.Commands;

/// <summary>table create, drop, insert, update and delete stage one operation; find, scan and list read, no daemon needed.</summary>
internal static class TableCommands
{
    private static readonly ConfigValueConverter Values = new();

    /// <summary>Stages what a statement says: its verb, module.table, and what the verb needs.</summary>
    public static void Stage(CommandContext context, string verb, string address, IReadOnlyList<string> words)
    {
        var (module, table) = TableStatement.ParseAddress(address);
        ModuleOperation operation = verb switch
        {
            "create" => TableStatement.Create(table, words),
            "drop" when words.Count == 0 => new ModuleOperation.DropTable(table),
            "insert" => new ModuleOperation.InsertRow(table, Row(Schema(context, module, table), words)),
            "update" => new ModuleOperation.UpdateRow(table, Row(Schema(context, module, table), words)),
            "delete" when words.Count == 1 => new ModuleOperation.DeleteRow(table, Key(Schema(context, module, table), words[0])),
            _ => throw new RefusedException(ErrorCode.InvalidArgument, $"'table {verb}' is not legal like this; see cms table --help"),
        };
        context.Session(module).Stage(operation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("staged", address);
                json.WriteEndObject();
            });
        }
    }

    /// <summary>Prints the rows that hold a value in a column that is found by.</summary>
    public static void Find(CommandContext context, string address, string filter, int? count, bool isCommitted)
    {
        var (module, table) = TableStatement.ParseAddress(address);
        var schema = Schema(context, module, table);
        var parsed = RowFilter.Parse(schema, filter);
        if (!parsed.IsEquality || !TableQuery.IsFound(schema, parsed.Column))
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"'{filter}' is not answered by the primary key or an index of '{table}'; use cms table scan {address} '{filter}'");
        }

        Scan(context, address, [filter], count, isCommitted);
    }

    /// <summary>Prints the rows that all filters let through.</summary>
    public static void Scan(CommandContext context, string address, IReadOnlyList<string> filters, int? count, bool isCommitted)
    {
        var (module, name) = TableStatement.ParseAddress(address);
        var session = context.Session(module);
        session.Read(() =>
        {
            context.Output.Discard();
            var view = isCommitted ? session.Committed : session.Staged;
            var table = view.FindTable(name) ?? throw Missing(module, name);
            var parsed = filters.Select(filter => RowFilter.Parse(table.Schema, filter)).ToList();
            var rows = TableQuery.Run(view, table, parsed).Take(count ?? int.MaxValue).Select(row => TableQuery.ToValues(table.Schema, row));
            if (context.Output.IsJson)
            {
                context.Output.WriteJson(json => WriteRows(json, rows));
                return true;
            }

            PrintRows(context, table.Schema, rows);
            return true;
        });
        context.Output.Flush();
    }

    // People see columns; programs read the assignments that stage the row again.
    private static void PrintRows(CommandContext context, TableSchema schema, IEnumerable<IReadOnlyDictionary<string, ConfigValue>> rows)
    {
        if (context.Output.Columns is null)
        {
            foreach (var row in rows)
            {
                PrintRow(context, row);
                context.Output.WriteLine();
            }

            return;
        }

        var table = new TextTable([.. schema.Columns.Select(column => new TextColumn(column.Name, 0) { IsRight = column.Type is ElementType.Int or ElementType.Float, IsElastic = true })]);
        foreach (var row in rows)
        {
            table.Add([.. row.Values.Select(value => value.ToString())]);
        }

        table.Write(context.Output);
    }

    /// <summary>Prints the tables of a module, or of all.</summary>
    public static void List(CommandContext context, string? module, bool isCommitted)
    {
        foreach (var each in module is null ? context.Modules() : [module])
        {
            var session = context.Session(each);
            session.Read(() =>
            {
                context.Output.Discard();
                var view = isCommitted ? session.Committed : session.Staged;
                foreach (var table in view.Tables().Select(TableMapper.ToReport))
                {
                    Print(context, each, table);
                }

                return true;
            });
            context.Output.Flush();
        }
    }

    /// <summary>Prints an operation as the statement that would stage it again.</summary>
    public static void PrintOperation(CommandContext context, string module, WireOperation wire)
    {
        var verb = wire.Op[..wire.Op.IndexOf('_', StringComparison.Ordinal)];
        context.Output.Write($"table {verb} {module}.{wire.Table}");
        if (wire.Columns is { } columns)
        {
            context.Output.Write(string.Concat(columns.Select(column => " " + Format(column, wire.PrimaryKey!))));
        }
        else if (wire.Row is { } row)
        {
            context.Output.Write(" "u8);
            if (verb == "delete")
            {
                context.Output.WriteQuoted(row.Values.First());
            }
            else
            {
                PrintRow(context, row);
            }
        }

        context.Output.WriteLine();
    }

    private static void Print(CommandContext context, string module, TableReport table)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(table, WireJson.Default.TableReport);
            return;
        }

        var rows = table.Rows == 1 ? "1 row" : string.Create(CultureInfo.InvariantCulture, $"{table.Rows} rows");
        context.Output.WriteLine($"{module}.{table.Table} {string.Join(' ', table.Columns.Select(column => Format(column, table.PrimaryKey)))}   # {rows}");
    }

    private static string Format(WireColumn column, string primaryKey) => string.Join(':', new[]
    {
        column.Name, column.Type, column.Size?.ToString(CultureInfo.InvariantCulture), column.Name == primaryKey ? "key" : column.Index,
    }.OfType<string>());

    private static void PrintRow(CommandContext context, IReadOnlyDictionary<string, ConfigValue> row)
    {
        var separator = "";
        foreach (var (column, value) in row)
        {
            context.Output.Write($"{separator}{column}=");
            context.Output.WriteQuoted(value);
            separator = " ";
        }
    }

    private static void WriteRows(Utf8JsonWriter json, IEnumerable<IReadOnlyDictionary<string, ConfigValue>> rows)
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var (column, value) in row)
            {
                json.WritePropertyName(column);
                Values.Write(json, value, WireJson.Default.Options);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Dictionary<string, ConfigValue> Row(TableSchema schema, IReadOnlyList<string> words) =>
        TableStatement.Row(words).ToDictionary(pair => pair.Key, pair => ColumnText.ParseValue(schema.Columns[Column(schema, pair.Key)], pair.Value.GetText()));

    private static int Column(TableSchema schema, string name) =>
        schema.Find(name) ?? throw new RefusedException(ErrorCode.InvalidArgument, $"there is no column '{name}'");

    private static Dictionary<string, ConfigValue> Key(TableSchema schema, string text)
    {
        var column = schema.Columns[schema.PrimaryKey];
        return new() { [column.Name] = ColumnText.ParseValue(column, text) };
    }

    private static TableSchema Schema(CommandContext context, string module, string table)
    {
        var session = context.Session(module);
        return session.Read(() => session.Staged.FindTable(table))?.Schema ?? throw Missing(module, table);
    }

    private static RefusedException Missing(string module, string table) =>
        new(ErrorCode.NotFound, $"there is no table {module}.{table}; see cms table list {module}");
}
