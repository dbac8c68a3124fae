using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Tables;

/// <summary>Columns and their values as people write them.</summary>
public static class ColumnText
{
    /// <summary>The words for the types.</summary>
    public static string NameOf(ElementType type) => type switch
    {
        ElementType.Int => "int",
        ElementType.Float => "float",
        ElementType.Bool => "bool",
        _ => "string",
    };

    /// <summary>The words for the kinds of index; null for none.</summary>
    public static string? NameOf(ColumnIndex index) => index switch
    {
        ColumnIndex.Repeating => "index",
        ColumnIndex.Unique => "unique",
        _ => null,
    };

    /// <summary>The type of this name.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static ElementType ParseType(string name) => name switch
    {
        "string" => ElementType.String,
        "int" => ElementType.Int,
        "float" => ElementType.Float,
        "bool" => ElementType.Bool,
        _ => throw new RefusedException(ErrorCode.InvalidArgument, $"there is no column type '{name}': use string, int, float or bool"),
    };

    /// <summary>The kind of index of this name; null is none.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static ColumnIndex ParseIndex(string? name) => name switch
    {
        null => ColumnIndex.None,
        "index" => ColumnIndex.Repeating,
        "unique" => ColumnIndex.Unique,
        _ => throw new RefusedException(ErrorCode.InvalidArgument, $"there is no kind of index '{name}': use index or unique"),
    };

    /// <summary>The size of a column that does not say one: 8 bytes for numbers, 1 for a bool; a string has to say it.</summary>
    public static int DefaultSizeOf(ElementType type) => type switch
    {
        ElementType.String => 0,
        ElementType.Bool => 1,
        _ => sizeof(long),
    };

    /// <summary>The value that a text means in a column: decimal numbers, and UCI's spellings of bools.</summary>
    /// <exception cref="RefusedException">The text is no value of the column's type.</exception>
    public static ConfigValue ParseValue(TableColumn column, string text) =>
        TryParseValue(column, text) ?? throw new RefusedException(NotOfType(column, text));

    /// <summary>As <see cref="ParseValue"/>, but null for a text that is no value of the column's type.</summary>
    internal static ConfigValue? TryParseValue(TableColumn column, string text) => column.Type switch
    {
        ElementType.Int => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? ConfigValue.FromInt(number) : null,
        ElementType.Float => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? ConfigValue.FromFloat(number) : null,
        ElementType.Bool => text switch
        {
            "1" or "on" or "yes" or "true" or "enabled" => ConfigValue.FromBool(true),
            "0" or "off" or "no" or "false" or "disabled" => ConfigValue.FromBool(false),
            _ => null,
        },
        _ => ConfigValue.FromBytes(Encoding.UTF8.GetBytes(text)),
    };

    internal static Refusal NotOfType(TableColumn column, string text) =>
        new(ErrorCode.InvalidArgument, $"'{text}' is not of type {NameOf(column.Type)}, as column '{column.Name}' is");
}
