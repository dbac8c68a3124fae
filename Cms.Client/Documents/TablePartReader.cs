using System.Text.Json;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;

namespace Cms.Client.Documents;

/// <summary>Reads the tables of a document; a part of <see cref="DocumentReader"/>.</summary>
internal static class TablePartReader
{
    public static void Read(ref DocumentCursor cursor, ContentBuilder content)
    {
        cursor.Require(JsonTokenType.StartArray, "a list of tables");
        for (var index = 0; cursor.NextElement(); index++)
        {
            cursor.Enter($"[{index}]");
            ReadTable(ref cursor, content);
            cursor.Leave();
        }
    }

    // A table is made when its rows come, so they stand behind its columns: rows are many, and are not kept twice.
    private static void ReadTable(ref DocumentCursor cursor, ContentBuilder content)
    {
        cursor.Require(JsonTokenType.StartObject, "a table, which is an object with 'table', 'primaryKey', 'columns' and 'rows',");
        var head = new TableHead();
        while (cursor.NextMember() is { } member)
        {
            cursor.Enter(member);
            switch (member)
            {
                case DocumentWords.Table:
                    head.Name = cursor.Text();
                    break;
                case DocumentWords.PrimaryKey:
                    head.PrimaryKey = cursor.Text();
                    break;
                case DocumentWords.Columns:
                    head.Columns = ReadColumns(ref cursor);
                    break;
                case DocumentWords.Rows:
                    Make(ref cursor, head, content);
                    ReadRows(ref cursor, content);
                    break;
                default:
                    throw cursor.Refuse("there is no such member of a table: use table, primaryKey, columns and rows");
            }

            cursor.Leave();
        }

        if (!head.IsMade)
        {
            Make(ref cursor, head, content);
        }
    }

    private static void Make(ref DocumentCursor cursor, TableHead head, ContentBuilder content)
    {
        if (head.IsMade)
        {
            throw cursor.Refuse("this member is there twice");
        }

        if (head.Name is null || head.PrimaryKey is null || head.Columns is null)
        {
            throw cursor.Refuse("the table lacks 'table', 'primaryKey' or 'columns', which stand before its 'rows'");
        }

        cursor.Check(content.AddTable(head.Name, head.Columns, head.PrimaryKey));
        head.IsMade = true;
    }

    private static List<TableColumn> ReadColumns(ref DocumentCursor cursor)
    {
        cursor.Require(JsonTokenType.StartArray, "a list of columns");
        var columns = new List<TableColumn>();
        for (var index = 0; cursor.NextElement(); index++)
        {
            cursor.Enter($"[{index}]");
            columns.Add(ReadColumn(ref cursor));
            cursor.Leave();
        }

        return columns;
    }

    private static TableColumn ReadColumn(ref DocumentCursor cursor)
    {
        cursor.Require(JsonTokenType.StartObject, "a column, which is an object with 'name' and 'type',");
        string? name = null;
        string? type = null;
        string? index = null;
        long? size = null;
        while (cursor.NextMember() is { } member)
        {
            cursor.Enter(member);
            switch (member)
            {
                case DocumentWords.Name:
                    name = cursor.Text();
                    break;
                case DocumentWords.Type:
                    type = cursor.Text();
                    break;
                case DocumentWords.Size:
                    size = cursor.Number(0, int.MaxValue);
                    break;
                case DocumentWords.Index:
                    index = cursor.Text();
                    break;
                default:
                    throw cursor.Refuse("there is no such member of a column: use name, type, size and index");
            }

            cursor.Leave();
        }

        try
        {
            var element = ColumnText.ParseType(type ?? throw cursor.Refuse("the column lacks 'type'"));
            return new TableColumn(
                name ?? throw cursor.Refuse("the column lacks 'name'"), element, (int?)size ?? ColumnText.DefaultSizeOf(element), ColumnText.ParseIndex(index));
        }
        catch (RefusedException refused) when (!refused.Message.StartsWith("line ", StringComparison.Ordinal))
        {
            throw cursor.Refuse(refused.Message);
        }
    }

    private static void ReadRows(ref DocumentCursor cursor, ContentBuilder content)
    {
        cursor.Require(JsonTokenType.StartArray, "a list of rows");
        for (var index = 0; cursor.NextElement(); index++)
        {
            cursor.Enter($"[{index}]");
            cursor.Require(JsonTokenType.StartObject, "a row, which is an object of values by their columns,");
            var row = new Dictionary<string, ConfigValue>();
            while (cursor.NextMember() is { } column)
            {
                cursor.Enter(column);
                if (!row.TryAdd(column, cursor.Value()))
                {
                    throw cursor.Refuse("this column is there twice");
                }

                cursor.Leave();
            }

            cursor.Check(content.AddRow(row));
            cursor.Leave();
        }
    }

    private sealed class TableHead
    {
        public string? Name { get; set; }

        public string? PrimaryKey { get; set; }

        public List<TableColumn>? Columns { get; set; }

        public bool IsMade { get; set; }
    }
}
