using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Streams;
using Cms.Formats.Tables;
using Cms.Formats.Uci;

namespace Cms.Formats.Signatures;

/// <summary>What of a module is signed: its content in one form, however its text is set. Pure.</summary>
/// <remarks><c>docs/formats/signature.md</c> has the bytes.</remarks>
public static class CanonicalModule
{
    private const int FlushSizeBytes = 64 * 1024;

    /// <summary>The HMAC-SHA-256 of a module.</summary>
    /// <param name="key">The key.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isDocument">Whether types of values, lists without elements and tables are signed too, which a UCI text does not have.</param>
    public static byte[] Authenticate(ReadOnlySpan<byte> key, string module, IModuleView content, bool isDocument)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        using var output = new HashedStream(hash);
        output.Write(Encoding.UTF8.GetBytes($"cms-signature:1\n{(isDocument ? "document" : "uci")}\n{module}\n"));
        if (isDocument)
        {
            WriteDocument(content, output);
        }
        else
        {
            UciWriter.Write(content, output);
        }

        return hash.GetHashAndReset();
    }

    private static void WriteDocument(IModuleView content, HashedStream output)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushSizeBytes * 2);
        foreach (var section in content.Sections())
        {
            UciWriter.WriteHead(section.Type, section.Name, buffer);
            foreach (var option in content.Options(section.Id))
            {
                WriteText(option.Value.IsList ? "\tlist " : "\toption ", buffer);
                WriteText(option.Name, buffer);
                WriteValue(option.Value, buffer);
                FlushWhenFull(buffer, output);
            }

            FlushWhenFull(buffer, output);
        }

        foreach (var table in content.Tables().Where(table => !table.Name.StartsWith(ModuleImport.ReservedTables, StringComparison.Ordinal)))
        {
            WriteTable(content, table, buffer, output);
        }

        output.Write(buffer.WrittenSpan);
    }

    private static void WriteTable(IModuleView content, TableView table, ArrayBufferWriter<byte> buffer, HashedStream output)
    {
        WriteText($"\ntable {table.Name} {table.Schema.Columns[table.Schema.PrimaryKey].Name}\n", buffer);
        foreach (var column in table.Schema.Columns)
        {
            var size = column.SizeBytes.ToString(CultureInfo.InvariantCulture);
            WriteText($"\tcolumn {column.Name} {ColumnText.NameOf(column.Type)} {size} {ColumnText.NameOf(column.Index) ?? "none"}\n", buffer);
        }

        foreach (var row in content.Rows(table.Name))
        {
            WriteText("\trow\n", buffer);
            var values = TableQuery.ToValues(table.Schema, row);
            foreach (var column in table.Schema.Columns)
            {
                WriteText("\t", buffer);
                WriteValue(values[column.Name], buffer);
            }

            FlushWhenFull(buffer, output);
        }
    }

    // A list without elements has no type in a document.
    private static void WriteValue(ConfigValue value, ArrayBufferWriter<byte> buffer)
    {
        if (value.Count > 0)
        {
            WriteText($" {ColumnText.NameOf(value.ElementType)}", buffer);
        }

        for (var index = 0; index < value.Count; index++)
        {
            WriteText(" '", buffer);
            UciWriter.WriteEscaped(value.GetBytes(index).Span, buffer);
            WriteText("'", buffer);
        }

        WriteText("\n", buffer);
    }

    private static void WriteText(string text, ArrayBufferWriter<byte> buffer) => Encoding.UTF8.GetBytes(text, buffer);

    private static void FlushWhenFull(ArrayBufferWriter<byte> buffer, HashedStream output)
    {
        if (buffer.WrittenCount >= FlushSizeBytes)
        {
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }
    }

    private sealed class HashedStream(IncrementalHash hash) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);

        public override void Flush()
        {
        }
    }
}
