using System.Buffers;
using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>Writes a module as the canonical UCI text, byte for byte as the reference does.</summary>
/// <remarks>
/// An empty string is written as <c>option x ''</c>, which the reference ignores; a list without elements cannot be written and is
/// left out, as the reference does. Each method may be called by any thread with an output of its own.
/// </remarks>
public static class UciWriter
{
    private const int FlushSizeBytes = 64 * 1024;

    /// <summary>Writes the text of a configuration file to a stream in pieces.</summary>
    public static void Write(IModuleView module, Stream output)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushSizeBytes * 2);
        foreach (var section in module.Sections())
        {
            WriteHead(section.Type, section.Name, buffer);
            foreach (var option in module.Options(section.Id))
            {
                WriteOption(option.Name, option.Value, buffer);
                FlushWhenFull(buffer, output);
            }

            FlushWhenFull(buffer, output);
        }

        buffer.Write("\n"u8);
        output.Write(buffer.WrittenSpan);
    }

    /// <summary>Writes what <c>uci export</c> prints.</summary>
    /// <param name="package">The package.</param>
    /// <param name="output">Written in pieces.</param>
    /// <param name="isNaming">Whether anonymous sections get the name that UCI knows them by.</param>
    public static void Export(UciPackage package, Stream output, bool isNaming)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushSizeBytes * 2);
        buffer.Write("package "u8);
        WriteEscaped(Encoding.Latin1.GetBytes(package.Name), buffer);
        buffer.Write("\n"u8);
        WriteSections(package, isNaming, buffer, output);
        buffer.Write("\n"u8);
        output.Write(buffer.WrittenSpan);
    }

    /// <summary>Writes a blank line and the <c>config</c> line of a section.</summary>
    internal static void WriteHead(string type, string? name, IBufferWriter<byte> output)
    {
        output.Write("\n"u8);
        WriteConfig(type, name, output);
        output.Write("\n"u8);
    }

    /// <summary>Writes a <c>config</c> line without its line break.</summary>
    internal static void WriteConfig(string type, string? name, IBufferWriter<byte> output)
    {
        output.Write("config "u8);
        WriteType(type, output);
        if (name is not null)
        {
            output.Write(" '"u8);
            WriteAscii(name, output);
            output.Write("'"u8);
        }
    }

    /// <summary>Writes the lines of an option; none for a list without elements.</summary>
    internal static void WriteOption(string name, ConfigValue value, IBufferWriter<byte> output)
    {
        for (var index = 0; index < value.Count; index++)
        {
            WriteLine(value.IsList ? "\tlist "u8 : "\toption "u8, name, value.GetBytes(index).Span, output);
        }
    }

    private static void WriteSections(UciPackage package, bool isNaming, ArrayBufferWriter<byte> buffer, Stream output)
    {
        foreach (var section in package.Chain())
        {
            WriteHead(section.Type, section.IsAnonymous && !isNaming ? null : section.Name, buffer);
            foreach (var option in section.Options())
            {
                for (var index = 0; index < option.Count; index++)
                {
                    WriteLine(option.IsList ? "\tlist "u8 : "\toption "u8, option.Name, option[index].Span, buffer);
                }

                FlushWhenFull(buffer, output);
            }
        }
    }

    private static void WriteLine(ReadOnlySpan<byte> keyword, string name, ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        output.Write(keyword);
        WriteAscii(name, output);
        output.Write(" '"u8);
        WriteEscaped(value, output);
        output.Write("'\n"u8);
    }

    // The reference writes a type unquoted, which reads back only when it holds no quote, backslash, '#' or ';'.
    private static void WriteType(string type, IBufferWriter<byte> output)
    {
        if (type.AsSpan().IndexOfAny("'\"\\#;") < 0)
        {
            WriteAscii(type, output);
            return;
        }

        output.Write("'"u8);
        WriteEscaped(Encoding.Latin1.GetBytes(type), output);
        output.Write("'"u8);
    }

    private static void WriteAscii(string text, IBufferWriter<byte> output)
    {
        var target = output.GetSpan(text.Length);
        output.Advance(Encoding.Latin1.GetBytes(text, target));
    }

    /// <summary>Writes bytes for the inside of single quotes.</summary>
    internal static void WriteEscaped(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        for (var quote = value.IndexOf((byte)'\''); quote >= 0; quote = value.IndexOf((byte)'\''))
        {
            output.Write(value[..quote]);
            output.Write(@"'\''"u8);
            value = value[(quote + 1)..];
        }

        output.Write(value);
    }

    private static void FlushWhenFull(ArrayBufferWriter<byte> buffer, Stream output)
    {
        if (buffer.WrittenCount >= FlushSizeBytes)
        {
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }
    }
}
