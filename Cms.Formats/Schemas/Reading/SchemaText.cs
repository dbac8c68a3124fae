using System.Text;
using System.Text.Unicode;
using Cms.Formats.Uci;

namespace Cms.Formats.Schemas.Reading;

/// <summary>Takes a schema's UCI text apart into sections whose options know their lines.</summary>
/// <remarks>
/// A schema has to be a UCI package as well, in which names are unique over all types. A name that comes twice would silently merge
/// two sections there, so it is a mistake here.
/// </remarks>
internal static class SchemaText
{
    /// <summary>Reads the sections; malformed lines go to the list of mistakes.</summary>
    public static IReadOnlyList<SchemaEntry> Read(ReadOnlySpan<byte> text, MistakeList mistakes)
    {
        if (!Utf8.IsValid(text))
        {
            mistakes.Add(LineOf(text), "the text is not UTF-8; save it as UTF-8");
        }

        // A last line without a line break would be counted as the one before.
        var copy = new byte[text.Length + 1];
        text.CopyTo(copy);
        copy[^1] = (byte)'\n';
        var entries = new List<SchemaEntry>();
        var names = new Dictionary<string, SchemaEntry>(StringComparer.Ordinal);
        var reader = new UciReader(copy, UciReaderOptions.Default with { IsStrict = false });
        while (reader.Read())
        {
            switch (reader.Kind)
            {
                case UciTokenKind.Malformed:
                    mistakes.Add(reader.Error!.Line, $"{reader.Error.Reason}, at byte {reader.Error.Byte}");
                    break;
                case UciTokenKind.Section:
                    entries.Add(Open(reader, names, mistakes));
                    break;
                case UciTokenKind.Option or UciTokenKind.ListItem when entries.Count > 0:
                    entries[^1].Add(Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Value), reader.Line, reader.Kind == UciTokenKind.ListItem);
                    break;
                default:
                    break;
            }
        }

        FindSuperfluousWords(copy, mistakes);
        return entries;
    }

    private static SchemaEntry Open(UciReader reader, Dictionary<string, SchemaEntry> names, MistakeList mistakes)
    {
        var owner = Encoding.UTF8.GetString(reader.Type);
        var name = reader.Name.IsEmpty ? null : Encoding.UTF8.GetString(reader.Name);
        var entry = new SchemaEntry(owner, name, reader.Line, mistakes);
        if (!SchemaWords.Owners.Contains(owner))
        {
            mistakes.Add(reader.Line, $"a schema has no '{owner}'{mistakes.Suggest(owner, SchemaWords.Owners)}; it has {string.Join(", ", SchemaWords.Owners)}");
        }

        if (name is not null && !names.TryAdd(name, entry))
        {
            var advice = owner is "field" or "column" ? $"write it without a name: config {owner}, and option name '{name}' in it"
                : owner == "section" ? $"write it without a name: config section, and option type '{name}' in it"
                : "give it another name";
            mistakes.Add(reader.Line, $"the name '{name}' is taken by the {names[name].Owner} in line {names[name].Line}, and names are unique in a UCI text; {advice}");
        }

        return entry;
    }

    // The strict reading ends at its first mistake, so it only adds what the other reading passes over.
    private static void FindSuperfluousWords(byte[] text, MistakeList mistakes)
    {
        if (!mistakes.IsEmpty)
        {
            return;
        }

        var reader = new UciReader(text, UciReaderOptions.Default);
        while (reader.Read())
        {
            if (reader.Error is { } error)
            {
                mistakes.Add(error.Line, $"{error.Reason}, at byte {error.Byte}");
            }
        }
    }

    private static int LineOf(ReadOnlySpan<byte> text)
    {
        var line = 1;
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            if (!Utf8.IsValid(end < 0 ? text : text[..end]))
            {
                return line;
            }

            line++;
            text = end < 0 ? default : text[(end + 1)..];
        }

        return line;
    }
}
