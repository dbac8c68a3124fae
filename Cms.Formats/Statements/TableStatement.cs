using System.Globalization;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;

namespace Cms.Formats.Statements;

/// <summary>The statements that begin with <c>table</c>, to the operations that they ask for.</summary>
public static class TableStatement
{
    /// <summary>The module and the operation of a statement; what it says of a row is kept as text until the columns are known.</summary>
    /// <param name="verb">create, drop, insert, update or delete.</param>
    /// <param name="address"><c>module.table</c>.</param>
    /// <param name="words">What the verb needs.</param>
    /// <exception cref="RefusedException">It is no such statement; the message names the rule.</exception>
    public static (string Module, ModuleOperation Operation) Parse(string verb, string address, IReadOnlyList<string> words)
    {
        var (module, table) = ParseAddress(address);
        ModuleOperation operation = verb switch
        {
            "create" => Create(table, words),
            "drop" when words.Count == 0 => new ModuleOperation.DropTable(table),
            "insert" => new ModuleOperation.InsertRow(table, Row(words)) { AreTexts = true },
            "update" => new ModuleOperation.UpdateRow(table, Row(words)) { AreTexts = true },
            "delete" when words.Count == 1 => new ModuleOperation.DeleteRow(table, new Dictionary<string, ConfigValue> { [""] = ConfigValue.FromText(words[0]) }) { AreTexts = true },
            _ => throw new RefusedException(ErrorCode.InvalidArgument, $"'table {verb}' is not legal like this; see cms table --help"),
        };
        return (module, operation);
    }

    /// <summary>Takes <c>module.table</c> apart.</summary>
    /// <exception cref="RefusedException">It is no such address.</exception>
    public static (string Module, string Table) ParseAddress(string address)
    {
        var parts = address.Split('.');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0 && !address.Contains('/', StringComparison.Ordinal)
            ? (parts[0], parts[1])
            : throw Illegal(address, "use module.table");
    }

    /// <summary>The table that columns such as <c>name:string:20:key</c> describe.</summary>
    /// <exception cref="RefusedException">A column is not legal, or none is the primary key.</exception>
    public static ModuleOperation.CreateTable Create(string table, IReadOnlyList<string> words)
    {
        var columns = new List<TableColumn>();
        string? primaryKey = null;
        foreach (var word in words)
        {
            var parts = word.Split(':');
            var isKey = parts[^1] == "key";
            primaryKey = isKey && primaryKey is null ? parts[0] : isKey ? throw Illegal(word, "it is the second key") : primaryKey;
            columns.Add(ParseColumn(word, isKey ? parts[..^1] : parts));
        }

        return new(table, columns, primaryKey ?? throw new RefusedException(ErrorCode.InvalidArgument, "no column is the primary key: mark one, such as name:string:20:key"));
    }

    /// <summary>Takes <c>column=value</c> apart for each word; the values are strings.</summary>
    /// <exception cref="RefusedException">A word is no such pair, or a column is given twice.</exception>
    public static Dictionary<string, ConfigValue> Row(IReadOnlyList<string> words)
    {
        var row = new Dictionary<string, ConfigValue>();
        foreach (var word in words)
        {
            var end = word.IndexOf('=', StringComparison.Ordinal);
            if (end <= 0)
            {
                throw Illegal(word, "use column=value");
            }

            if (!row.TryAdd(word[..end], ConfigValue.FromText(word[(end + 1)..])))
            {
                throw Illegal(word, "the column is given twice");
            }
        }

        return row;
    }

    private static TableColumn ParseColumn(string word, string[] parts)
    {
        if (parts.Length < 2)
        {
            throw Illegal(word, "use name:type[:size][:key|index|unique]");
        }

        var type = ColumnText.ParseType(parts[1]);
        var hasSize = parts.Length > 2 && parts[2].Length > 0 && char.IsAsciiDigit(parts[2][0]);
        var size = !hasSize ? ColumnText.DefaultSizeOf(type)
            : int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Illegal(word, "the size is no number");
        var rest = parts[(hasSize ? 3 : 2)..];
        return rest.Length > 1 ? throw Illegal(word, "there is something behind the index") : new(parts[0], type, size, ColumnText.ParseIndex(rest.FirstOrDefault()));
    }

    private static RefusedException Illegal(string text, string rule) => new(ErrorCode.InvalidArgument, $"'{text}' is not legal: {rule}");
}
