using System.Text.Json;
using Cms.Formats.Edits;
using Cms.Formats.Modules;

namespace Cms.Client.Documents;

/// <summary>Reads the sections of a document; a part of <see cref="DocumentReader"/>.</summary>
internal static class SectionPartReader
{
    public static void Read(ref DocumentCursor cursor, ContentBuilder content)
    {
        cursor.Require(JsonTokenType.StartArray, "a list of sections");
        for (var index = 0; cursor.NextElement(); index++)
        {
            cursor.Enter($"[{index}]");
            ReadSection(ref cursor, content);
            cursor.Leave();
        }
    }

    private static void ReadSection(ref DocumentCursor cursor, ContentBuilder content)
    {
        cursor.Require(JsonTokenType.StartObject, "a section, which is an object with 'type' and 'options',");
        var seen = new HashSet<string>();
        var options = new List<KeyValuePair<string, ConfigValue>>();
        string? type = null;
        string? name = null;
        while (cursor.NextMember() is { } member)
        {
            cursor.Enter(member);
            if (!seen.Add(member))
            {
                throw cursor.Refuse("this member is there twice");
            }

            switch (member)
            {
                case DocumentWords.Type:
                    type = cursor.Text();
                    break;
                case DocumentWords.Name:
                    name = cursor.Text();
                    break;
                case DocumentWords.Id:
                    cursor.Number(1, long.MaxValue);
                    break;
                case DocumentWords.Options:
                    ReadOptions(ref cursor, options);
                    break;
                default:
                    throw cursor.Refuse("there is no such member of a section: use type, name and options");
            }

            cursor.Leave();
        }

        cursor.Check(content.AddSection(type ?? throw cursor.Refuse("the section lacks 'type'"), name));
        options.ForEach(option => content.AddOption(option.Key, option.Value));
    }

    private static void ReadOptions(ref DocumentCursor cursor, List<KeyValuePair<string, ConfigValue>> options)
    {
        cursor.Require(JsonTokenType.StartObject, "an object of options by their names");
        var names = new ContentBuilder();
        names.AddSection("options", null);
        while (cursor.NextMember() is { } option)
        {
            cursor.Enter(option);
            var empty = ConfigValue.FromText("");
            cursor.Check(names.AddOption(option, empty));
            options.Add(new(option, cursor.Value()));
            cursor.Leave();
        }
    }
}
