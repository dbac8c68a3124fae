using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Tables;

/// <summary>What a column of the wanted rows must hold, such as <c>group>=5</c>.</summary>
public sealed class RowFilter
{
    // Longer ones first, so that >= is not taken for >.
    private static readonly string[] Operators = ["!=", "<=", ">=", "=", "<", ">"];
    private readonly string _operator;
    private readonly ConfigValue _value;

    private RowFilter(int column, string comparison, ConfigValue value) => (Column, _operator, _value) = (column, comparison, value);

    /// <summary>The column's place.</summary>
    public int Column { get; }

    /// <summary>Whether only one value is wanted.</summary>
    public bool IsEquality => _operator == "=";

    /// <summary>The value compared with, as an index holds it.</summary>
    public ReadOnlyMemory<byte> Value => _value.Encoding;

    /// <summary>Reads a filter: a column's name, one of = != &lt; &lt;= &gt; &gt;=, and a value. Strings are compared by their bytes.</summary>
    /// <exception cref="RefusedException">It is none, or names a column that is not there.</exception>
    public static RowFilter Parse(TableSchema schema, string text)
    {
        var end = text.AsSpan().IndexOfAny("=!<>");
        var found = end < 1 ? null : Array.Find(Operators, each => text.AsSpan(end).StartsWith(each, StringComparison.Ordinal));
        if (found is null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"'{text}' says nothing of a column: use column=value, or one of != < <= > >=");
        }

        var name = text[..end];
        var column = schema.Find(name) ?? throw new RefusedException(ErrorCode.InvalidArgument, $"there is no column '{name}'");
        return new(column, found, ColumnText.ParseValue(schema.Columns[column], text[(end + found.Length)..]));
    }

    /// <summary>Whether a row is wanted.</summary>
    public bool Matches(RowReader row)
    {
        var order = row.Schema.Columns[Column].Type switch
        {
            ElementType.Int => row.GetInt(Column).CompareTo(BitConverter.ToInt64(_value.Encoding.Span)),
            ElementType.Float => row.GetFloat(Column).CompareTo(BitConverter.ToDouble(_value.Encoding.Span)),
            ElementType.Bool => row.GetBool(Column).CompareTo(_value.Encoding.Span[0] != 0),
            _ => row.GetBytes(Column).SequenceCompareTo(_value.Encoding.Span),
        };
        return _operator switch
        {
            "=" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }
}
