using System.Globalization;
using Cms.Formats.Refusals;

namespace Cms.Formats.Modules;

/// <summary>How far a subscriber has heard: of each module the revision, in one journal.</summary>
/// <param name="Journal">The journal that counts the revisions; null when the subscriber does not know it.</param>
/// <param name="Revisions">By name of the module; of a module that is not here it has heard nothing.</param>
public sealed record JournalPosition(Guid? Journal, IReadOnlyDictionary<string, Revision> Revisions)
{
    /// <summary>Nothing heard yet: everything that is kept will be told.</summary>
    public static readonly JournalPosition Beginning = new(null, new Dictionary<string, Revision>());

    /// <summary>One module heard up to a revision.</summary>
    public static JournalPosition Of(string module, Revision revision) => new(null, new Dictionary<string, Revision> { [module] = revision });

    /// <summary>Reads the text of a position.</summary>
    /// <param name="text"><c>JOURNAL/module=revision,...</c></param>
    /// <exception cref="RefusedException">It is none.</exception>
    public static JournalPosition Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Guid.TryParseExact(text[..slash], "N", out var journal)
            ? new JournalPosition(journal, ParseRevisions(text, text[(slash + 1)..]))
            : throw Illegal(text, "use JOURNAL/module=revision,... as the first line of a watch has it");
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

    private static RefusedException Illegal(string text, string rule) => new(ErrorCode.InvalidArgument, $"the position '{text}' is not legal: {rule}");
}
