using System.Text.Json;
using Cms.Formats.Refusals;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>The members of an answer that a caller asks for: <c>revision,sections.name</c>. Of an array it means those of every element. Pure.</summary>
internal sealed class FieldSelection
{
    private const int MostFields = 100;
    private readonly Dictionary<string, FieldSelection> _members = new(StringComparer.Ordinal);
    private bool _isWhole;

    private FieldSelection()
    {
    }

    /// <summary>Reads a selection.</summary>
    /// <exception cref="RefusedException">It names nothing, or too much.</exception>
    public static FieldSelection Parse(string text)
    {
        var paths = text.Split(',', StringSplitOptions.TrimEntries);
        if (paths.Length > MostFields || paths.Any(path => path.Split('.').Contains("")))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"fields '{text}' is not legal: name 1 to {MostFields} members apart by commas, a member of a member behind a dot");
        }

        var root = new FieldSelection();
        foreach (var path in paths)
        {
            var place = root;
            foreach (var name in path.Split('.'))
            {
                place = place._members.TryGetValue(name, out var known) ? known : place._members[name] = new FieldSelection();
            }

            place._isWhole = true;
        }

        return root;
    }

    /// <summary>Writes what is selected of an answer.</summary>
    public void Write(Utf8JsonWriter writer, JsonElement answer)
    {
        switch (answer.ValueKind)
        {
            case JsonValueKind.Array when !_isWhole:
                writer.WriteStartArray();
                foreach (var element in answer.EnumerateArray())
                {
                    Write(writer, element);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object when !_isWhole:
                writer.WriteStartObject();
                foreach (var member in answer.EnumerateObject())
                {
                    WriteMember(writer, member);
                }

                writer.WriteEndObject();
                break;
            default:
                answer.WriteTo(writer);
                break;
        }
    }

    private void WriteMember(Utf8JsonWriter writer, JsonProperty member)
    {
        if (_members.TryGetValue(member.Name, out var selected))
        {
            writer.WritePropertyName(member.Name);
            selected.Write(writer, member.Value);
        }
    }
}
