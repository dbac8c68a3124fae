using System.Buffers;

namespace Cms.Formats.Uci;

/// <summary>Puts lines together so that each begins on a line of its own.</summary>
internal sealed class LayoutOutput
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>All that was written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>For writing whole lines, at the start of a line.</summary>
    public IBufferWriter<byte> AtLineStart()
    {
        if (Written.Length > 0 && Written[^1] != '\n')
        {
            _buffer.Write("\n"u8);
        }

        return _buffer;
    }

    /// <summary>Writes lines as they stood.</summary>
    public void Write(IEnumerable<LayoutLine> lines)
    {
        foreach (var line in lines)
        {
            AtLineStart().Write(line.Bytes.Span);
        }
    }

    /// <summary>Sets what follows off by a blank line, unless there is one.</summary>
    public void Separate()
    {
        var output = AtLineStart();
        if (!Written.EndsWith("\n\n"u8) && !Written.SequenceEqual("\n"u8))
        {
            output.Write("\n"u8);
        }
    }
}
