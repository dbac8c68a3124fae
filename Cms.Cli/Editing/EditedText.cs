using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Uci;

namespace Cms.Cli.Editing;

/// <summary>A UCI text with complaints in it, each above the line that it is about. Pure.</summary>
internal static class EditedText
{
    private const string Mark = "#!";
    private const string Advice = "nothing is committed. Mend this and save; save without a change to give up.";

    /// <summary>The text of a module.</summary>
    public static byte[] Write(IModuleView module)
    {
        using var text = new MemoryStream();
        UciWriter.Write(module, text);
        return text.ToArray();
    }

    /// <summary>The text with complaints, and above all of them what to do.</summary>
    /// <param name="text">Without complaints.</param>
    /// <param name="complaints">Of each the line that it is about, counted from 1, and null for the text as a whole.</param>
    public static byte[] Annotate(ReadOnlySpan<byte> text, IReadOnlyList<EditComplaint> complaints)
    {
        if (complaints.Count == 0)
        {
            return text.ToArray();
        }

        using var annotated = new MemoryStream();
        annotated.Write(LineOf(Advice));
        foreach (var complaint in complaints.Where(complaint => complaint.Line is null))
        {
            annotated.Write(LineOf(complaint.Text));
        }

        for (var line = 1; !text.IsEmpty; line++)
        {
            foreach (var complaint in complaints.Where(complaint => complaint.Line == line))
            {
                annotated.Write(LineOf(complaint.Text));
            }

            var end = text.IndexOf((byte)'\n') is var found and >= 0 ? found + 1 : text.Length;
            annotated.Write(text[..end]);
            text = text[end..];
        }

        return annotated.ToArray();
    }

    /// <summary>The text without the very lines that <see cref="Annotate"/> put in; no other line, since a value may begin as they do.</summary>
    public static byte[] Clean(ReadOnlySpan<byte> text, IReadOnlyList<EditComplaint> complaints)
    {
        var added = complaints.Select(complaint => LineOf(complaint.Text)).Append(LineOf(Advice)).ToList();
        using var clean = new MemoryStream();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n') is var found and >= 0 ? found + 1 : text.Length;
            var line = text[..end];
            if (complaints.Count == 0 || !Contains(added, line))
            {
                clean.Write(line);
            }

            text = text[end..];
        }

        return clean.ToArray();
    }

    /// <summary>The lines on which the sections and options of a text stand, by their addresses without the module.</summary>
    public static IReadOnlyDictionary<string, int> Lines(byte[] text, UciPackage package)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new Queue<string>(SectionLookup.DescribeAll(package).Where(each => each.Section.Name is null).Select(each => each.Name));
        var reader = new UciReader(text, UciReaderOptions.Default);
        var section = "";
        var (line, counted) = (1, 0);
        while (reader.Read())
        {
            // A command may go on over several lines; a complaint belongs above the first.
            line += text.AsSpan(counted, (int)reader.LineOffset - counted).Count((byte)'\n');
            counted = (int)reader.LineOffset;
            if (reader.Kind == UciTokenKind.Section)
            {
                section = reader.Name.IsEmpty ? names.Dequeue() : Encoding.ASCII.GetString(reader.Name);
            }

            var isOption = reader.Kind is UciTokenKind.Option or UciTokenKind.ListItem;
            lines.TryAdd(isOption ? $"{section}.{Encoding.ASCII.GetString(reader.Name)}" : section, line);
        }

        return lines;
    }

    private static bool Contains(List<byte[]> lines, ReadOnlySpan<byte> line)
    {
        foreach (var each in lines)
        {
            if (line.SequenceEqual(each))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] LineOf(string complaint) => Encoding.UTF8.GetBytes($"{Mark} {complaint.ReplaceLineEndings(" ")}\n");
}

/// <summary>Something that is wrong with a text.</summary>
/// <param name="Line">The line, counted from 1; null for the text as a whole.</param>
/// <param name="Text">What is wrong.</param>
internal readonly record struct EditComplaint(int? Line, string Text);
