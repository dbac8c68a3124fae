using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cms.Cli.Yaml;

/// <summary>Writes JSON as YAML: the same document, for people.</summary>
/// <remarks>
/// A string is written bare only when every reader, of YAML 1.1 too, takes it for that string; all else is quoted, so that no
/// <c>yes</c>, <c>0755</c> or <c>1e3</c> becomes something else on its way. Text of several plain lines is a block. Pure; any thread.
/// </remarks>
internal static partial class YamlWriter
{
    private const int MaxDepth = 128;
    private const int LongestKey = 1024;
    private static readonly EmitterSettings Style = new(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: LongestKey);

    // What readers of YAML 1.1 take for a truth value or for nothing.
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase) { "y", "n", "yes", "no", "on", "off", "true", "false", "null" };

    /// <summary>Writes one JSON value.</summary>
    /// <param name="json">The value, well-formed.</param>
    /// <param name="output">Text.</param>
    public static void Write(ReadOnlySpan<byte> json, TextWriter output)
    {
        var emitter = new Emitter(output, Style);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            emitter.Emit(ToEvent(ref reader));
        }

        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
    }

    private static ParsingEvent ToEvent(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block),
        JsonTokenType.EndObject => new MappingEnd(),
        JsonTokenType.StartArray => new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block),
        JsonTokenType.EndArray => new SequenceEnd(),
        JsonTokenType.PropertyName => Text(reader.GetString()!, isKey: true),
        JsonTokenType.String => Text(reader.GetString()!, isKey: false),
        _ => Scalar(System.Text.Encoding.UTF8.GetString(reader.ValueSpan), ScalarStyle.Plain),
    };

    private static Scalar Text(string text, bool isKey) => Scalar(
        text,
        Bare().IsMatch(text) && !Words.Contains(text) ? ScalarStyle.Plain
            : Printable().IsMatch(text) ? ScalarStyle.SingleQuoted
            : !isKey && Lines().IsMatch(text) ? ScalarStyle.Literal
            : ScalarStyle.DoubleQuoted);

    private static Scalar Scalar(string text, ScalarStyle style) =>
        new(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: style == ScalarStyle.Plain, isQuotedImplicit: style != ScalarStyle.Plain);

    // Begins with a letter or a slash, so that it is neither a number, a date nor a sign of YAML's own.
    [GeneratedRegex(@"\A[A-Za-z_/][A-Za-z0-9_./@%+-]*(?: [A-Za-z0-9_./@%+-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();

    [GeneratedRegex(@"\A[\x20-\x7e\u00a1-\u1fff\u3001-\ud7ff]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Printable();

    // Each line begins and ends with what can be seen, and one line break ends the last one.
    [GeneratedRegex(@"\A(?:[\x21-\x7e\u00a1-\u1fff](?:[\x20-\x7e\u00a1-\u1fff]*[\x21-\x7e\u00a1-\u1fff])?\n)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Lines();
}
