using System.Diagnostics;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Client.Wire;

/// <summary>Differences in the words of the wire. Pure.</summary>
public static class DifferenceMapper
{
    /// <summary>The wire form of a difference.</summary>
    public static WireDifference ToWire(ModuleDifference difference) => difference switch
    {
        ModuleDifference.OfSection ofSection => ToWire(ofSection) with { Id = ofSection.Section.Value },
        ModuleDifference.OfTable ofTable => ToWire(ofTable),
        _ => throw Unknown(difference),
    };

    private static WireDifference ToWire(ModuleDifference.OfSection difference) => difference switch
    {
        ModuleDifference.SectionAdded added => Of("section", added, null, ConfigValue.FromText(added.Type)),
        ModuleDifference.SectionRemoved removed => Of("section", removed, ConfigValue.FromText(removed.Type), null),
        ModuleDifference.SectionRenamed renamed => Of("name", renamed, Text(renamed.OldName), Text(renamed.Name)),
        ModuleDifference.SectionRetyped retyped => Of("type", retyped, Text(retyped.OldType), Text(retyped.Type)),
        ModuleDifference.SectionMoved moved => Of("place", moved, ConfigValue.FromInt(moved.OldIndex), ConfigValue.FromInt(moved.Index)),
        ModuleDifference.OptionChanged option => Of("option", option, option.OldValue, option.Value),
        ModuleDifference.OptionsReordered order => Of("order", order, ConfigValue.FromTexts(order.OldOrder), ConfigValue.FromTexts(order.Order)),
        _ => throw Unknown(difference),
    };

    private static WireDifference ToWire(ModuleDifference.OfTable difference) => difference switch
    {
        ModuleDifference.TableCreated created => Of("table", created, null, null) with { NewColumns = Columns(created.Schema) },
        ModuleDifference.TableDropped dropped => Of("table", dropped, null, null) with { OldColumns = Columns(dropped.Schema) },
        ModuleDifference.RowChanged row => Of("row", row, null, null) with { OldRow = Values(row.Schema, row.OldRow), NewRow = Values(row.Schema, row.Row) },
        ModuleDifference.RowsReordered order => Of("order", order, null, null),
        _ => throw Unknown(difference),
    };

    private static WireDifference Of(string kind, ModuleDifference difference, ConfigValue? old, ConfigValue? value) =>
        new() { Kind = kind, Path = difference.Path, Old = old, New = value };

    private static ConfigValue? Text(string? text) => text is null ? null : ConfigValue.FromText(text);

    private static List<WireColumn> Columns(TableSchema schema) => [.. schema.Columns.Select(TableMapper.ToWire)];

    private static IReadOnlyDictionary<string, ConfigValue>? Values(TableSchema schema, TableRow? row) =>
        row is { } present ? TableQuery.ToValues(schema, new RowView(present, default)) : null;

    private static UnreachableException Unknown(ModuleDifference difference) => new($"unknown difference {difference.GetType().Name}");
}
