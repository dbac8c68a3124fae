using System.Text.RegularExpressions;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>What the names in braces in paths stand for; the same in every path.</summary>
internal static partial class PathParameters
{
    private static readonly Dictionary<string, string> Summaries = new(StringComparer.Ordinal)
    {
        ["module"] = "The module's name: printable ASCII without blanks and dots.",
        ["section"] = "The section: its name, @type[n] (from 0, negative from the end), or #id (written %23id).",
        ["option"] = "The option's name: letters, digits and _.",
        ["index"] = "The element's place in the list, from 0.",
        ["table"] = "The table's name.",
        ["key"] = "The row's primary key, as text.",
        ["transaction"] = "The id of an open transaction.",
        ["savepoint"] = "The savepoint's name.",
        ["confirmation"] = "The id of a confirmation.",
        ["id"] = "What the question named.",
        ["topic"] = "The topic's name.",
        ["subscription"] = "The subscription's name.",
        ["backup"] = "The backup's name.",
    };

    /// <summary>The names in a path, in order.</summary>
    public static IEnumerable<string> Of(string path) => Names().Matches(path).Select(match => match.Groups[1].Value);

    /// <summary>What a name stands for.</summary>
    /// <exception cref="KeyNotFoundException">It is told nowhere; add it here.</exception>
    public static string SummaryOf(string name) =>
        Summaries.TryGetValue(name, out var summary) ? summary : throw new KeyNotFoundException($"no summary says what {{{name}}} in a path stands for");

    [GeneratedRegex(@"\{([a-zA-Z]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
