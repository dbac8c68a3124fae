using System.Diagnostics;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Gateways.Requests;

/// <summary>One journaled change in the words of the wire. Pure.</summary>
internal static class ChangeMapper
{
    /// <summary>A change of a section.</summary>
    /// <param name="change">With the section's id.</param>
    /// <param name="name">What the section was called; null when it is anonymous or that is not known.</param>
    public static WireChange ToWire(ModuleChange.OfSection change, string? name) =>
        OfSection(change) with { Section = name ?? $"#{change.Section}", Id = change.Section.Value };

    /// <summary>A change of a table.</summary>
    /// <param name="change">With rows as bytes.</param>
    /// <param name="schemaOf">Answers the columns of a table at the time of the change.</param>
    public static WireChange ToWire(ModuleChange.OfTable change, Func<string, TableSchema> schemaOf) =>
        OfTable(change, schemaOf) with { Table = change.Table };

    /// <summary>The columns of a row by their names.</summary>
    public static IReadOnlyDictionary<string, ConfigValue> ToValues(TableSchema schema, TableRow row) => TableQuery.ToValues(schema, new(row, default));

    private static WireChange OfSection(ModuleChange.OfSection change) => change switch
    {
        ModuleChange.SectionAdded added => new() { Op = "add", Type = added.Type, Name = added.Name },
        ModuleChange.SectionRemoved => new() { Op = "delete" },
        ModuleChange.SectionRenamed renamed => new() { Op = "rename", Name = renamed.Name },
        ModuleChange.SectionRetyped retyped => new() { Op = "set", Type = retyped.Type },
        ModuleChange.SectionMoved moved => new() { Op = "reorder", Index = moved.Index },
        ModuleChange.OptionSet set => new() { Op = "set", Option = set.Option, Value = set.Value },
        ModuleChange.OptionRemoved removed => new() { Op = "delete", Option = removed.Option },
        ModuleChange.OptionRenamed renamed => new() { Op = "rename", Option = renamed.Option, Name = renamed.NewOption },
        _ => throw new UnreachableException($"unknown change {change.GetType().Name}"),
    };

    private static WireChange OfTable(ModuleChange.OfTable change, Func<string, TableSchema> schemaOf) => change switch
    {
        ModuleChange.TableCreated created => new()
        {
            Op = "create_table",
            Columns = [.. created.Schema.Columns.Select(TableMapper.ToWire)],
            PrimaryKey = created.Schema.Columns[created.Schema.PrimaryKey].Name,
        },
        ModuleChange.TableDropped => new() { Op = "drop_table" },
        ModuleChange.RowInserted inserted => new() { Op = "insert_row", Row = ToValues(schemaOf(inserted.Table), inserted.Row) },
        ModuleChange.RowUpdated updated => new() { Op = "update_row", Row = ToValues(schemaOf(updated.Table), updated.Row) },
        ModuleChange.RowDeleted deleted => new() { Op = "delete_row", Row = ToKey(schemaOf(deleted.Table), deleted) },
        _ => throw new UnreachableException($"unknown change {change.GetType().Name}"),
    };

    private static Dictionary<string, ConfigValue> ToKey(TableSchema schema, ModuleChange.RowDeleted deleted)
    {
        var column = schema.Columns[schema.PrimaryKey];
        return ConfigValue.TryDecode(column.Type, isList: false, deleted.Key, out var key)
            ? new() { [column.Name] = key! }
            : throw new InvalidOperationException($"a deleted row of table '{deleted.Table}' has a key of another type");
    }
}
