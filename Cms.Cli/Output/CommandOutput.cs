using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Cli.Yaml;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Output;

/// <summary>Collects what a command prints, as text or as a document, and writes it out at once.</summary>
internal sealed class CommandOutput(Stream output, Stream error, OutputFormat format)
{
    private static readonly JsonWriterOptions JsonStyle = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Action? _clearProgress;
    private int _documents;
    private int _flushedDocuments;

    /// <summary>What the caller wants.</summary>
    public OutputFormat Format { get; } = format;

    /// <summary>Whether the caller wants a document, JSON or the same as YAML; then answers are written by <c>WriteJson</c> alone.</summary>
    public bool IsJson => Format != OutputFormat.Text;

    /// <summary>How many columns the terminal has that this is printed on; null where it is none, and lines may be of any length.</summary>
    public int? Columns => FindColumns();

    /// <summary>Says how many columns there are, when that is asked.</summary>
    public Func<int?> FindColumns { get; init; } = static () => null;

    /// <summary>A line on standard error that tells how far something is; it stays silent where nobody looks at a terminal, and where somebody types there.</summary>
    /// <param name="isReadingInput">Whether standard input is read meanwhile.</param>
    public ProgressLine Progress(bool isReadingInput = false)
    {
        var isSilent = Console.IsErrorRedirected || IsJson || (isReadingInput && !Console.IsInputRedirected);
        var progress = new ProgressLine(isSilent ? null : line => WriteError(Encoding.UTF8.GetBytes($"\r\e[K{line}")), TimeProvider.System);
        _clearProgress = progress.Clear;
        return progress;
    }

    /// <summary>The same for another standard output.</summary>
    public CommandOutput With(Stream target) => new(target, error, Format) { FindColumns = FindColumns };

    /// <summary>Forgets what was collected since the last flush.</summary>
    public void Discard()
    {
        _buffer.ResetWrittenCount();
        _documents = _flushedDocuments;
    }

    /// <summary>Writes out what was collected, and forgets it even when that fails, so that nothing is tried twice.</summary>
    /// <exception cref="IOException">Standard output cannot be written; a pipe without a reader is no error.</exception>
    public void Flush()
    {
        var collected = _buffer.WrittenMemory;
        _buffer.ResetWrittenCount();
        _flushedDocuments = _documents;
        if (!collected.IsEmpty)
        {
            _clearProgress?.Invoke();
        }

        output.Write(collected.Span);
        output.Flush();
    }

    public void Write(string text) => Encoding.UTF8.GetBytes(text, _buffer);

    public void Write(ReadOnlySpan<byte> text) => _buffer.Write(text);

    /// <summary>Writes a line.</summary>
    public void WriteLine(string text = "")
    {
        Write(text);
        Write("\n"u8);
    }

    /// <summary>Writes a document, and a line break behind it.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write) => WriteDocument(ToJson(write));

    /// <summary>Writes an answer as a document, and a line break behind it.</summary>
    public void WriteJson<T>(T answer, JsonTypeInfo<T> shape) => WriteDocument(JsonSerializer.SerializeToUtf8Bytes(answer, shape));

    /// <summary>Writes a value as shells read it: in single quotes, the elements of a list apart by blanks.</summary>
    public void WriteQuoted(ConfigValue value)
    {
        for (var index = 0; index < value.Count; index++)
        {
            Write(index == 0 ? ""u8 : " "u8);
            WriteQuoted(value.GetBytes(index).Span);
        }
    }

    /// <summary>Writes a refusal to standard error, behind what was printed so far.</summary>
    public void WriteRefusal(Refusal refusal)
    {
        Flush();
        var problem = Problem.Of(refusal);
        WriteError(IsJson
            ? ToDocument(JsonSerializer.SerializeToUtf8Bytes(problem, WireJson.Default.Problem))
            : Encoding.UTF8.GetBytes(TextWidth.HarmlessLines(refusal.Violations.Count == 0 ? $"cms: {refusal.Message}\n" : Describe(refusal.Violations))));
    }

    // A line for each, since who mends one wants to see them all.
    private static string Describe(IReadOnlyList<Violation> violations) =>
        $"cms: nothing was changed, since the schema does not allow it:\n{string.Concat(violations.Select(violation => $"  {violation}\n"))}";

    /// <summary>Writes to standard error what failed although nobody refused it, behind what was printed so far if that can be written.</summary>
    public void WriteFailure(string message)
    {
        try
        {
            Flush();
        }
        catch (IOException)
        {
            // The failure to tell of may be this very one, or came before it; either way it is told below.
        }

        if (!IsJson)
        {
            WriteError(Encoding.UTF8.GetBytes(TextWidth.HarmlessLines($"cms: {message}\n")));
            return;
        }

        WriteError(ToDocument(ToJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("detail", message);
            json.WriteEndObject();
        })));
    }

    /// <summary>Writes a question to standard error, behind what was printed so far; the answer stands on the same line.</summary>
    public void WriteQuestion(string question)
    {
        Flush();
        WriteError(Encoding.UTF8.GetBytes(question));
    }

    /// <summary>Writes a warning to standard error.</summary>
    public void WriteWarning(string warning)
    {
        Flush();
        WriteError(Encoding.UTF8.GetBytes(TextWidth.HarmlessLines($"cms: warning: {warning}\n")));
    }

    // Documents of a YAML stream have a line between them; those of JSON need none.
    private void WriteDocument(ReadOnlySpan<byte> json)
    {
        Write(Format == OutputFormat.Yaml && _documents++ > 0 ? "---\n"u8 : ""u8);
        Write(ToDocument(json));
    }

    private byte[] ToDocument(ReadOnlySpan<byte> json)
    {
        if (Format != OutputFormat.Yaml)
        {
            return [.. json, (byte)'\n'];
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        YamlWriter.Write(json, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static ReadOnlySpan<byte> ToJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonStyle))
        {
            write(json);
        }

        return buffer.WrittenSpan;
    }

    private void WriteError(ReadOnlySpan<byte> line)
    {
        try
        {
            error.Write(line);
            error.Flush();
        }
        catch (IOException)
        {
            // Nobody is left to be told; the exit code says it.
        }
    }

    private void WriteQuoted(ReadOnlySpan<byte> text)
    {
        Write("'"u8);
        while (text.IndexOf((byte)'\'') is var quote and >= 0)
        {
            Write(text[..quote]);
            Write("'\\''"u8);
            text = text[(quote + 1)..];
        }

        Write(text);
        Write("'"u8);
    }
}
