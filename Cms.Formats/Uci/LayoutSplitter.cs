using System.Buffers;
using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>Puts the commands of lines that have several on lines of their own.</summary>
internal static class LayoutSplitter
{
    /// <summary>A well-formed text that says the same and has at most one command on a line.</summary>
    public static byte[] Split(ReadOnlyMemory<byte> text, UciDialect dialect)
    {
        var shared = SharedLines(text, dialect);
        var output = new ArrayBufferWriter<byte>(text.Length + 1024);
        var reader = new UciReader(text, new UciReaderOptions { Dialect = dialect });
        var taken = 0;
        while (reader.Read())
        {
            var start = (int)reader.LineOffset;
            if (!shared.TryGetValue(start, out var end))
            {
                continue;
            }

            if (start >= taken)
            {
                output.Write(text.Span[taken..start]);
                taken = end.Line;
                WriteComment(text.Span[end.Comment..end.Line], output);
            }

            WriteCommand(reader, output);
        }

        output.Write(text.Span[taken..]);
        return output.WrittenSpan.ToArray();
    }

    // Where lines with several commands start, where the comment of each does, and where each ends.
    private static Dictionary<int, (int Comment, int Line)> SharedLines(ReadOnlyMemory<byte> text, UciDialect dialect)
    {
        var shared = new Dictionary<int, (int Comment, int Line)>();
        var reader = new UciReader(text, new UciReaderOptions { Dialect = dialect });
        var last = -1;
        while (reader.Read())
        {
            var start = (int)reader.LineOffset;
            if (start == last)
            {
                var end = (int)reader.NextLineOffset;
                shared[start] = ((int)(reader.FindComment() ?? end), end);
            }

            last = start;
        }

        return shared;
    }

    private static void WriteComment(ReadOnlySpan<byte> comment, ArrayBufferWriter<byte> output)
    {
        output.Write(comment);
        if (!comment.IsEmpty && comment[^1] != '\n')
        {
            output.Write("\n"u8);
        }
    }

    private static void WriteCommand(UciReader reader, ArrayBufferWriter<byte> output)
    {
        var name = Encoding.Latin1.GetString(reader.Name);
        switch (reader.Kind)
        {
            case UciTokenKind.Section:
                UciWriter.WriteConfig(Encoding.Latin1.GetString(reader.Type), name.Length == 0 ? null : name, output);
                output.Write("\n"u8);
                break;
            case UciTokenKind.Option:
                UciWriter.WriteOption(name, ConfigValue.FromBytes(reader.Value), output);
                break;
            case UciTokenKind.ListItem:
                UciWriter.WriteOption(name, ConfigValue.FromElements([reader.KeepValue()]), output);
                break;
            default:
                break;
        }
    }
}
