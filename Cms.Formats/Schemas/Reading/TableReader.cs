using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Tables;

namespace Cms.Formats.Schemas.Reading;

/// <summary>Makes declared tables of their sections and their columns' in a schema's text.</summary>
internal sealed class TableReader(FieldReader fields, SchemaLinks links, MistakeList mistakes)
{
    private const int UsualStringSize = 255;

    /// <summary>Reads the tables with their columns.</summary>
    public IReadOnlyList<DeclaredTable> Read(IReadOnlyList<SchemaEntry> tables, IReadOnlyList<SchemaEntry> columns)
    {
        var names = tables.Select(table => table.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            if (column.Text("table") is not { } table)
            {
                mistakes.Add(column.Line, $"{column.Title} says of no table: write option table 'name' in it");
            }
            else if (!names.Contains(table))
            {
                mistakes.Add(column.LineOf("table"), $"there is no table '{table}'{mistakes.Suggest(table, names)}; write config table '{table}' for it");
            }
        }

        var byTable = columns.ToLookup(column => column.Text("table"));
        return [.. tables.Select(table => ReadTable(table, byTable[table.Name])).OfType<DeclaredTable>()];
    }

    private DeclaredTable? ReadTable(SchemaEntry table, IEnumerable<SchemaEntry> columns)
    {
        if (table.Name is not { } name || !SegmentKey.IsName(name))
        {
            mistakes.Add(table.Line, "the table has no name, or too long a one: write config table 'name'");
            return null;
        }

        var read = columns.Select(column => (Entry: column, Field: fields.Read(column))).Where(pair => pair.Field is not null).ToList();
        read.ForEach(pair => links.CheckReference(pair.Entry, pair.Field!));
        if (table.Text("primary_key") is not { } key)
        {
            mistakes.Add(table.Line, $"table '{name}' has no primary key: write option primary_key with the name of a column");
            return null;
        }

        var schema = TableSchema.TryCreate([.. read.Select(pair => ColumnOf(pair.Entry, pair.Field!))], key, out var problem);
        if (schema is null)
        {
            mistakes.Add(table.Line, $"table '{name}': {problem}");
            return null;
        }

        return new DeclaredTable(name, schema, [.. read.Select(pair => pair.Field!)], table.Text("description"));
    }

    private static TableColumn ColumnOf(SchemaEntry entry, FieldSchema field)
    {
        var index = entry.Choice("index", ("", ColumnIndex.None), ("index", ColumnIndex.Repeating), ("unique", ColumnIndex.Unique));
        var size = field.ElementType == ElementType.String ? entry.Count("size") ?? UsualStringSize : entry.Count("size") ?? ColumnText.DefaultSizeOf(field.ElementType);
        return new TableColumn(field.Name, field.ElementType, size, index);
    }
}
