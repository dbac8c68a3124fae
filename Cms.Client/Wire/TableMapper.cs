using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;

namespace Cms.Client.Wire;

/// <summary>Operations on tables, and tables themselves, between the wire and the house; a part of <see cref="OperationMapper"/>.</summary>
public static class TableMapper
{
    /// <summary>A table in the words of the wire.</summary>
    public static TableReport ToReport(TableView table) => new()
    {
        Table = table.Name,
        PrimaryKey = table.Schema.Columns[table.Schema.PrimaryKey].Name,
        Columns = [.. table.Schema.Columns.Select(ToWire)],
        Rows = table.RowCount,
    };

    /// <summary>The operation that a wire operation asks for; null when it is not about a table.</summary>
    /// <exception cref="RefusedException">It lacks a member, or names something illegal.</exception>
    internal static ModuleOperation? ToOperation(WireOperation wire) => wire.Op switch
    {
        "create_table" => new ModuleOperation.CreateTable(
            Table(wire), [.. Need(wire, wire.Columns, "columns").Select(ToColumn)], Need(wire, wire.PrimaryKey, "primaryKey")),
        "drop_table" => new ModuleOperation.DropTable(Table(wire)),
        "insert_row" => new ModuleOperation.InsertRow(Table(wire), Row(wire)),
        "update_row" => new ModuleOperation.UpdateRow(Table(wire), Row(wire)),
        "delete_row" => new ModuleOperation.DeleteRow(Table(wire), Row(wire)),
        _ => null,
    };

    /// <summary>The wire form of an operation.</summary>
    internal static WireOperation ToWire(ModuleOperation.OfTable operation) => operation switch
    {
        ModuleOperation.CreateTable create => new WireOperation
        {
            Op = "create_table",
            Table = create.Table,
            Columns = [.. create.Columns.Select(ToWire)],
            PrimaryKey = create.PrimaryKey,
        },
        ModuleOperation.DropTable => new WireOperation { Op = "drop_table", Table = operation.Table },
        ModuleOperation.InsertRow insert => new WireOperation { Op = "insert_row", Table = operation.Table, Row = insert.Row },
        ModuleOperation.UpdateRow update => new WireOperation { Op = "update_row", Table = operation.Table, Row = update.Row },
        ModuleOperation.DeleteRow delete => new WireOperation { Op = "delete_row", Table = operation.Table, Row = delete.Row },
        _ => throw new System.Diagnostics.UnreachableException($"unknown operation {operation.GetType().Name}"),
    };

    /// <summary>The wire form of a column.</summary>
    public static WireColumn ToWire(TableColumn column) => new()
    {
        Name = column.Name,
        Type = ColumnText.NameOf(column.Type),
        Size = column.Type is ElementType.String or ElementType.Int ? column.SizeBytes : null,
        Index = ColumnText.NameOf(column.Index),
    };

    private static TableColumn ToColumn(WireColumn? wire)
    {
        if (wire is null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "a column is null; it must be an object with 'name' and 'type'");
        }

        var type = ColumnText.ParseType(wire.Type);
        return new(wire.Name, type, wire.Size ?? ColumnText.DefaultSizeOf(type), ColumnText.ParseIndex(wire.Index));
    }

    private static string Table(WireOperation wire) => Need(wire, wire.Table, "table");

    private static IReadOnlyDictionary<string, ConfigValue> Row(WireOperation wire)
    {
        var row = Need(wire, wire.Row, "row");

        // JSON has a null, which the declared type does not keep out.
        var empty = row.FirstOrDefault(pair => pair.Value is null).Key;
        return empty is null ? row : throw new RefusedException(ErrorCode.InvalidArgument, $"column '{empty}' is null; every column has a value");
    }

    private static T Need<T>(WireOperation wire, T? member, string name)
        where T : class => member ?? throw new RefusedException(ErrorCode.InvalidArgument, $"the operation '{wire.Op}' lacks '{name}'");
}
