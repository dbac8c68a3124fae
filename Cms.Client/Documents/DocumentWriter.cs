using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Client.Documents;

/// <summary>Writes modules as documents: the same bytes for the same content.</summary>
/// <remarks>Any thread, each with a writer of its own. What a view throws while it is read goes through; what was written then is no document.</remarks>
public static class DocumentWriter
{
    private const int FlushSizeBytes = 64 * 1024;
    private static readonly ConfigValueConverter Values = new();

    /// <summary>How a document is set: indented, and no more escaped than JSON demands.</summary>
    public static JsonWriterOptions Style { get; } = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one module.</summary>
    /// <param name="json">Flushed now and then.</param>
    /// <param name="document">What to write.</param>
    public static void Write(Utf8JsonWriter json, ModuleDocument document)
    {
        json.WriteStartObject();
        if (document.Module is { } module)
        {
            json.WriteString(DocumentWords.Module, module);
        }

        if (document.Expected is { } expected)
        {
            json.WriteNumber(DocumentWords.Expected, expected);
        }

        if (!document.IsTyped)
        {
            json.WriteBoolean(DocumentWords.Typed, false);
        }

        if (document.Signature is { } signature)
        {
            json.WriteString(DocumentWords.Signature, signature);
        }

        WriteSections(json, document.Content);
        if (document.HasTables)
        {
            WriteTables(json, document.Content);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes several modules as one document.</summary>
    /// <param name="json">Flushed now and then.</param>
    /// <param name="documents">Taken one after the other.</param>
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<ModuleDocument> documents)
    {
        json.WriteStartObject();
        json.WriteStartArray(DocumentWords.Modules);
        foreach (var document in documents)
        {
            Write(json, document);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSections(Utf8JsonWriter json, IModuleView content)
    {
        json.WriteStartArray(DocumentWords.Sections);
        foreach (var section in content.Sections())
        {
            json.WriteStartObject();
            json.WriteString(DocumentWords.Type, section.Type);
            if (section.Name is { } name)
            {
                json.WriteString(DocumentWords.Name, name);
            }

            json.WriteStartObject(DocumentWords.Options);
            foreach (var option in content.Options(section.Id))
            {
                json.WritePropertyName(option.Name);
                Values.Write(json, option.Value, WireJson.Default.Options);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            FlushWhenFull(json);
        }

        json.WriteEndArray();
    }

    private static void WriteTables(Utf8JsonWriter json, IModuleView content)
    {
        json.WriteStartArray(DocumentWords.Tables);
        foreach (var table in content.Tables().Where(table => !table.Name.StartsWith(ModuleImport.ReservedTables, StringComparison.Ordinal)))
        {
            json.WriteStartObject();
            json.WriteString(DocumentWords.Table, table.Name);
            json.WriteString(DocumentWords.PrimaryKey, table.Schema.Columns[table.Schema.PrimaryKey].Name);
            WriteColumns(json, table.Schema);
            json.WriteStartArray(DocumentWords.Rows);
            foreach (var row in content.Rows(table.Name))
            {
                WriteRow(json, TableQuery.ToValues(table.Schema, row));
                FlushWhenFull(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteColumns(Utf8JsonWriter json, TableSchema schema)
    {
        json.WriteStartArray(DocumentWords.Columns);
        foreach (var column in schema.Columns.Select(TableMapper.ToWire))
        {
            JsonSerializer.Serialize(json, column, WireJson.Default.WireColumn);
        }

        json.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter json, IReadOnlyDictionary<string, ConfigValue> row)
    {
        json.WriteStartObject();
        foreach (var (column, value) in row)
        {
            json.WritePropertyName(column);
            Values.Write(json, value, WireJson.Default.Options);
        }

        json.WriteEndObject();
    }

    private static void FlushWhenFull(Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushSizeBytes)
        {
            json.Flush();
        }
    }
}
