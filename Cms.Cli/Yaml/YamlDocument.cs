using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cms.Formats.Refusals;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cms.Cli.Yaml;

/// <summary>A YAML text as JSON, which still knows the lines that its parts came from.</summary>
/// <remarks>
/// The text may come from anybody: depth and size are bounded, and aliases are refused, since a few lines of them grow without
/// end. A bare word is a number where JSON has that number, <c>true</c>, <c>false</c> or <c>null</c>; every other one is a string. Pure.
/// </remarks>
internal sealed partial class YamlDocument
{
    /// <summary>The most bytes of a text.</summary>
    public const int MaxSizeBytes = 256 << 20;

    private const int MaxDepth = 32;
    private static readonly JsonWriterOptions Style = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly List<(long Place, int Line)> _lines = [];
    private readonly Stack<Container> _open = new();

    private YamlDocument()
    {
    }

    /// <summary>The documents of the text, one after the other.</summary>
    public ReadOnlyMemory<byte> Json => _json.WrittenMemory;

    /// <summary>The line that a byte of the JSON came from, counted from 1.</summary>
    public int LineOf(long place)
    {
        var found = _lines.BinarySearch((place, int.MaxValue));
        return _lines.Count == 0 ? 1 : _lines[Math.Max(0, (found >= 0 ? found : ~found) - 1)].Line;
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="RefusedException">It is no YAML, or none that is taken here; the message names the line.</exception>
    public static YamlDocument Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxSizeBytes)
        {
            throw new RefusedException(ErrorCode.TooLarge, $"the YAML text has {text.Length} bytes; the most is {MaxSizeBytes}: use JSON or UCI text");
        }

        var document = new YamlDocument();
        using var characters = new StringReader(Decode(text));
        try
        {
            document.Read(new Parser(new Scanner(characters)));
        }
        catch (YamlException malformed)
        {
            throw Refuse(malformed.Start, malformed.Message);
        }

        return document;
    }

    private static string Decode(ReadOnlySpan<byte> text)
    {
        var body = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException malformed)
        {
            var line = 1 + body[..Math.Clamp(malformed.Index, 0, body.Length)].Count((byte)'\n');
            throw new RefusedException(ErrorCode.InvalidArgument, $"line {line}: the text is no UTF-8; write such bytes as {{base64: ...}}");
        }
    }

    private void Read(Parser parser)
    {
        while (Next(parser))
        {
            if (parser.Current is DocumentStart)
            {
                using (var json = new Utf8JsonWriter(_json, Style))
                {
                    ReadDocument(parser, json, _json.WrittenCount);
                }

                _json.Write("\n"u8);
            }
        }
    }

    // The scanner's own checks fail as bugs do, where it is to blame the text.
    private bool Next(Parser parser)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception confused) when (confused is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"line {(_lines.Count == 0 ? 1 : _lines[^1].Line)}: what comes behind this is no YAML");
        }
    }

    private void ReadDocument(Parser parser, Utf8JsonWriter json, long start)
    {
        while (Next(parser) && parser.Current is { } here and not DocumentEnd)
        {
            _lines.Add((start + json.BytesCommitted + json.BytesPending, (int)here.Start.Line));
            Write(here, json);
        }
    }

    private void Write(ParsingEvent here, Utf8JsonWriter json)
    {
        switch (here)
        {
            case AnchorAlias:
                throw Refuse(here.Start, "an alias (*name) is not taken here; write the value out");
            case NodeEvent { Anchor.IsEmpty: false }:
                throw Refuse(here.Start, "an anchor (&name) is not taken here; write the value out where it is used");
            case NodeEvent { Tag.IsEmpty: false } node when !IsTextTag(node):
                throw Refuse(here.Start, "a tag (!name) is not taken here; leave it out");
            case Scalar scalar:
                WriteScalar(scalar, json);
                break;
            case MappingStart:
                Open(here, json, new Container(isMapping: true));
                json.WriteStartObject();
                break;
            case SequenceStart:
                Open(here, json, new Container(isMapping: false));
                json.WriteStartArray();
                break;
            case MappingEnd:
                if (_open.Pop().LacksValue)
                {
                    throw Refuse(here.Start, "the last key of this mapping has no value");
                }

                json.WriteEndObject();
                break;
            case SequenceEnd:
                _open.Pop();
                json.WriteEndArray();
                break;
            default:
                break;
        }
    }

    private void Open(ParsingEvent here, Utf8JsonWriter json, Container container)
    {
        if (_open.TryPeek(out var around) && around.TakesKey())
        {
            throw Refuse(here.Start, "a key must be a word");
        }

        if (json.CurrentDepth >= MaxDepth)
        {
            throw Refuse(here.Start, $"this is nested deeper than {MaxDepth}, which is the most");
        }

        _open.Push(container);
    }

    private void WriteScalar(Scalar scalar, Utf8JsonWriter json)
    {
        var text = scalar.Value;
        if (text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') && !IsWellFormed(text))
        {
            throw Refuse(scalar.Start, "this string is no legal Unicode; write its bytes as {base64: ...}");
        }

        if (_open.TryPeek(out var around) && around.TakesKey())
        {
            json.WritePropertyName(text);
        }
        else if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
        {
            json.WriteStringValue(text);
        }
        else if (text is "true" or "false" or "null" || Number().IsMatch(text))
        {
            json.WriteRawValue(text);
        }
        else if (text is "" or "~")
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    private static bool IsWellFormed(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }

    private static bool IsTextTag(NodeEvent node) =>
        node is Scalar && (node.Tag.IsNonSpecific || node.Tag.Value == "tag:yaml.org,2002:str");

    private static RefusedException Refuse(Mark place, string message) =>
        new(ErrorCode.InvalidArgument, $"line {place.Line}: {message}");

    [GeneratedRegex(@"\A-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    // In a mapping, keys and values take turns.
    private sealed class Container(bool isMapping)
    {
        private bool _isValueNext = true;

        public bool LacksValue => !_isValueNext;

        public bool TakesKey()
        {
            _isValueNext = !_isValueNext;
            return isMapping && !_isValueNext;
        }
    }
}
