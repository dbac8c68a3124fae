using Cms.Formats.Refusals;

namespace Cms.Cli.Transfer;

/// <summary>How modules are written in files.</summary>
internal enum TransferFormat
{
    /// <summary>UCI text, without types and tables.</summary>
    Uci,

    /// <summary>A document in JSON.</summary>
    Json,

    /// <summary>The same document in YAML.</summary>
    Yaml,
}

/// <summary>Finds out how a text is written.</summary>
internal static class TransferFormats
{
    /// <summary>What callers write for them.</summary>
    public static readonly string[] Names = ["uci", "json", "yaml"];

    // What a document in YAML begins with; no line of UCI text does.
    private static readonly string[] YamlBeginnings = ["---", "%YAML", "module:", "modules:", "sections:", "tables:", "expected:", "typed:", "revision:"];

    /// <summary>The format of this name; null for null.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static TransferFormat? Parse(string? name) => name switch
    {
        null => null,
        "uci" => TransferFormat.Uci,
        "json" => TransferFormat.Json,
        "yaml" => TransferFormat.Yaml,
        _ => throw new RefusedException(ErrorCode.InvalidArgument, $"there is no format '{name}': use {string.Join(", ", Names)}"),
    };

    /// <summary>The format that the name of a file stands for; null when it says nothing.</summary>
    public static TransferFormat? OfFile(string path) => Path.GetExtension(path) switch
    {
        ".json" => TransferFormat.Json,
        ".yaml" or ".yml" => TransferFormat.Yaml,
        ".uci" => TransferFormat.Uci,
        _ => null,
    };

    /// <summary>The format of a text by how it begins.</summary>
    public static TransferFormat Guess(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = (end < 0 ? text : text[..end]).Trim(" \t\r"u8);
            if (!line.IsEmpty && line[0] != (byte)'#')
            {
                var start = System.Text.Encoding.UTF8.GetString(line);
                return start[0] is '{' or '[' ? TransferFormat.Json
                    : Array.Exists(YamlBeginnings, word => start.StartsWith(word, StringComparison.Ordinal)) ? TransferFormat.Yaml
                    : TransferFormat.Uci;
            }

            text = end < 0 ? [] : text[(end + 1)..];
        }

        return TransferFormat.Uci;
    }
}
