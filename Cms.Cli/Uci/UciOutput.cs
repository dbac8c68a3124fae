using System.Buffers;
using System.Text;

namespace Cms.Cli.Uci;

/// <summary>Standard output and standard error of a <c>uci</c> command.</summary>
/// <remarks>Invariant: what was printed before an error is out before it. One thread.</remarks>
internal sealed class UciOutput(Stream output, Stream error, bool isQuiet, string applicationName)
{
    private const int FlushSizeBytes = 32 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushSizeBytes * 2);

    /// <summary>The stream behind, once everything printed so far is out.</summary>
    public Stream Flushed()
    {
        Flush();
        return output;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        if (_buffer.WrittenCount >= FlushSizeBytes)
        {
            Flush();
        }
    }

    public void Write(string text) => Write(Encoding.Latin1.GetBytes(text));

    /// <summary>Prints a value in single quotes.</summary>
    public void WriteQuoted(ReadOnlySpan<byte> value)
    {
        Write("'"u8);
        for (var quote = value.IndexOf((byte)'\''); quote >= 0; quote = value.IndexOf((byte)'\''))
        {
            Write(value[..quote]);
            Write(@"'\''"u8);
            value = value[(quote + 1)..];
        }

        Write(value);
        Write("'"u8);
    }

    /// <summary>Prints <c>uci: WORDS</c> on standard error, unless quiet.</summary>
    public void WriteFailure(string words) => WriteComplaint($"{applicationName}: {words}");

    /// <summary>Prints a line on standard error, unless quiet.</summary>
    public void WriteComplaint(string line)
    {
        if (!isQuiet)
        {
            WriteError(line + "\n");
        }
    }

    /// <summary>Prints on standard error, quiet or not.</summary>
    public void WriteError(string text)
    {
        Flush();
        error.Write(Encoding.UTF8.GetBytes(text));
        error.Flush();
    }

    /// <summary>Lets whoever waits for the answer of a command have it now.</summary>
    public void FlushAnswer()
    {
        if (_buffer.WrittenCount > 0)
        {
            Flush();
        }
    }

    public void Flush()
    {
        output.Write(_buffer.WrittenSpan);
        output.Flush();
        _buffer.ResetWrittenCount();
    }
}
