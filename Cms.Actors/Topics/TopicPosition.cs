using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Topics;

/// <summary>How far a subscriber has heard: of each module the revision, in one journal.</summary>
/// <param name="Journal">The journal that counts the revisions; null when the subscriber does not know it.</param>
/// <param name="Revisions">By name of the module; of a module that is not here it has heard nothing.</param>
public sealed record TopicPosition(Guid? Journal, IReadOnlyDictionary<string, Revision> Revisions)
{
    /// <summary>Nothing heard yet: everything that is kept will be told.</summary>
    public static readonly TopicPosition Beginning = new(null, new Dictionary<string, Revision>());

    /// <summary>One module heard up to a revision.</summary>
    public static TopicPosition Of(string module, Revision revision) => new(null, new Dictionary<string, Revision> { [module] = revision });

    /// <summary>Reads what a subscriber sends as <c>since</c>: a revision, or the text of a position.</summary>
    /// <param name="text">A number, or <c>JOURNAL/module=revision,...</c></param>
    /// <param name="patterns">A revision above 0 needs one that names one module.</param>
    /// <exception cref="RefusedException">It is neither.</exception>
    public static TopicPosition Parse(string text, IReadOnlyList<TopicPattern> patterns)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            var modules = patterns.Select(pattern => pattern.Module).Distinct().ToList();
            return revision == 0 ? Beginning
                : modules.Count == 1 && patterns[0].NamesOneModule ? Of(modules[0], new Revision(revision))
                : throw Illegal(text, "a revision belongs to one module: name one in the pattern, or send 0 or a whole position");
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Guid.TryParseExact(text[..slash], "N", out var journal)
            ? new TopicPosition(journal, ParseRevisions(text, text[(slash + 1)..]))
            : throw Illegal(text, "use a revision, or JOURNAL/module=revision,... as a line of a watch has it");
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        $"{Journal:N}/{string.Join(',', Revisions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={pair.Value}"))}";

    private static Dictionary<string, Revision> ParseRevisions(string text, string list)
    {
        var revisions = new Dictionary<string, Revision>();
        foreach (var part in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (module, revision) = ParsePart(text, part);
            revisions[module] = revision;
        }

        return revisions;
    }

    private static (string Module, Revision Revision) ParsePart(string text, string part)
    {
        var equals = part.LastIndexOf('=');
        return equals > 0 && long.TryParse(part[(equals + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? (Uri.UnescapeDataString(part[..equals]), new Revision(revision))
            : throw Illegal(text, $"'{part}' is no module=revision");
    }

    private static RefusedException Illegal(string text, string rule) => new(ErrorCode.InvalidArgument, $"since '{text}' is not legal: {rule}");
}
