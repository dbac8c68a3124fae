using System.Text;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Client.Documents;

/// <summary>A place in a JSON text, which knows its path and line, so that every complaint can name them.</summary>
/// <param name="text">The text, whole.</param>
/// <param name="lineOf">The line that a byte of it came from, counted from 1.</param>
internal ref struct DocumentCursor(ReadOnlySpan<byte> text, Func<long, int> lineOf)
{
    private const int MaxDepth = 16;
    private static readonly ConfigValueConverter Values = new();

    private readonly List<string> _path = [];
    private Utf8JsonReader _json = new(text, new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true });

    /// <summary>What stands here.</summary>
    public readonly JsonTokenType Kind => _json.TokenType;

    /// <summary>Goes on.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool Read()
    {
        try
        {
            return _json.Read();
        }
        catch (JsonException malformed)
        {
            throw Refusal(_json.BytesConsumed, WithoutPlace(malformed.Message));
        }
    }

    /// <summary>Adds a part to the path, for as long as the caller is within it.</summary>
    public readonly void Enter(string part) => _path.Add(part);

    /// <summary>Takes the last part of the path away.</summary>
    public readonly void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>Calls the part that was entered last otherwise.</summary>
    public readonly void Rename(string part) => _path[^1] = part;

    /// <summary>Goes to the next member of the object that was entered, and to its value.</summary>
    /// <returns>Its name, or null at the object's end.</returns>
    public string? NextMember()
    {
        Read();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        var name = Text();
        Read();
        return name;
    }

    /// <summary>Goes to the next element of the array that was entered.</summary>
    /// <returns>False at the array's end.</returns>
    public bool NextElement()
    {
        Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Sees to it that an object or array begins here.</summary>
    public readonly void Require(JsonTokenType kind, string what)
    {
        if (_json.TokenType != kind)
        {
            throw Refuse($"{what} is expected here");
        }
    }

    /// <summary>The string that stands here.</summary>
    public readonly string Text()
    {
        if (_json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            throw Refuse("a string is expected here; put quotes around it");
        }

        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refuse("this string is no legal Unicode; write its bytes as {\"base64\": ...}");
        }
    }

    /// <summary>The whole number that stands here.</summary>
    public readonly long Number(long least, long most) =>
        _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Refuse($"a whole number from {least} to {most} is expected here");

    /// <summary>The truth value that stands here.</summary>
    public readonly bool Bool() => _json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Refuse("true or false is expected here"),
    };

    /// <summary>The value of an option or a column that stands here; then the cursor is at its end.</summary>
    public ConfigValue Value()
    {
        var start = _json.TokenStartIndex;
        try
        {
            return Values.Read(ref _json, typeof(ConfigValue), WireJson.Default.Options);
        }
        catch (JsonException malformed)
        {
            throw Refusal(start, WithoutPlace(malformed.Message));
        }
        catch (InvalidOperationException)
        {
            throw Refusal(start, "this string is no legal Unicode; write its bytes as {\"base64\": ...}");
        }
    }

    /// <summary>Passes over the value that stands here.</summary>
    public void Skip()
    {
        var depth = _json.CurrentDepth;
        if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            while (Read() && _json.CurrentDepth > depth)
            {
                // All of it is passed over.
            }
        }
    }

    /// <summary>A complaint about what stands here.</summary>
    public readonly RefusedException Refuse(string message) => Refusal(_json.TokenStartIndex, message);

    /// <summary>Complains about what stands here, if there is something to complain about.</summary>
    public readonly void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw Refuse(refusal.Message);
        }
    }

    private readonly RefusedException Refusal(long place, string message)
    {
        var path = new StringBuilder();
        foreach (var part in _path)
        {
            path.Append(path.Length == 0 || part.StartsWith('[') ? "" : ".").Append(part);
        }

        return new RefusedException(ErrorCode.InvalidArgument, $"line {lineOf(place)}{(path.Length == 0 ? "" : $", {path}")}: {message}");
    }

    // The parser's own count of lines is one of the text that it was given, which may have been written another way.
    private static string WithoutPlace(string message)
    {
        var place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? message : message[..place];
    }
}
