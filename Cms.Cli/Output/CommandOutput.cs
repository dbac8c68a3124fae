using System.Buffers;
using System.Text;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Cli.Output;

/// <summary>Collects what a command prints, as text or as JSON, and writes it out at once.</summary>
internal sealed class CommandOutput(Stream output, Stream error, bool isJson)
{
    private static readonly JsonWriterOptions JsonStyle = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Whether the caller wants JSON.</summary>
    public bool IsJson { get; } = isJson;

    /// <summary>Forgets what was collected since the last flush.</summary>
    public void Discard() => _buffer.ResetWrittenCount();

    /// <summary>Writes out what was collected.</summary>
    public void Flush()
    {
        output.Write(_buffer.WrittenSpan);
        output.Flush();
        _buffer.ResetWrittenCount();
    }

    public void Write(string text) => Encoding.UTF8.GetBytes(text, _buffer);

    public void Write(ReadOnlySpan<byte> text) => _buffer.Write(text);

    /// <summary>Writes a line.</summary>
    public void WriteLine(string text = "")
    {
        Write(text);
        Write("\n"u8);
    }

    /// <summary>Writes JSON, and a line break behind it.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(_buffer, JsonStyle))
        {
            write(json);
        }

        Write("\n"u8);
    }

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
        var problem = new Problem
        {
            Code = ErrorCodes.Of(refusal.Code).Name,
            Status = ErrorCodes.Of(refusal.Code).HttpStatus,
            Detail = refusal.Message,
            Paths = refusal.Paths.Count == 0 ? null : refusal.Paths,
        };
        error.Write(IsJson
            ? [.. JsonSerializer.SerializeToUtf8Bytes(problem, WireJson.Default.Problem), (byte)'\n']
            : Encoding.UTF8.GetBytes($"cms: {refusal.Message}\n"));
        error.Flush();
    }

    /// <summary>Writes a warning to standard error.</summary>
    public void WriteWarning(string warning)
    {
        Flush();
        error.Write(Encoding.UTF8.GetBytes($"cms: warning: {warning}\n"));
        error.Flush();
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
