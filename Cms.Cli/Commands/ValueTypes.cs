using Cms.Formats.Modules;
using Cms.Formats.Schemas;

namespace Cms.Cli.Commands;

/// <summary>Types of values in words, as people write them.</summary>
internal static class ValueTypes
{
    /// <summary>The type of an option: what the module's schema declares, else that of its value.</summary>
    public static string Find(IModuleView view, string sectionType, string option, ConfigValue value) =>
        view.FindTable(SchemaTable.Name) is not null
        && SchemaTable.ReadSchema(view)?.FindField(sectionType, option) is { } field
            ? OfList(field.Type, value.IsList || field.IsList)
            : Of(value);

    /// <summary>The type of a value by itself.</summary>
    public static string Of(ConfigValue value) => OfList(
        value.ElementType switch
        {
            ElementType.Int => "int",
            ElementType.Float => "float",
            ElementType.Bool => "bool",
            _ => "string",
        },
        value.IsList);

    private static string OfList(string type, bool isList) => isList ? $"list of {type}" : type;
}
