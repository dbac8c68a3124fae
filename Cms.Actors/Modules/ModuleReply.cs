using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Modules;

/// <summary>What the caller of a module hears.</summary>
/// <param name="Revision">The revision at which the request is true, or the module's last one when it was refused.</param>
/// <param name="ChangeCount">How many changes were made; 0 when the module was already so.</param>
/// <param name="Refusal">Why nothing was done, or null.</param>
public sealed record ModuleReply(Revision Revision, int ChangeCount, Refusal? Refusal)
{
    /// <summary>The ids given to sections that were added under a key.</summary>
    public IReadOnlyDictionary<string, SectionId> Born { get; init; } = new Dictionary<string, SectionId>();

    /// <summary>What options were incremented to, by <c>section.option</c> as the request named it.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    /// <summary>The paths that a roll-back left alone, since they were changed after what it took back.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>Says which paths a roll-back left alone; the first ones of many.</summary>
    internal static string Describe(IReadOnlyList<string> kept)
    {
        const int MostNamed = 20;
        var more = kept.Count > MostNamed ? $" and {kept.Count - MostNamed} more" : "";
        return $"left alone, since changed by others: {string.Join(", ", kept.Take(MostNamed))}{more}";
    }

    /// <summary>What the caller should know although the request was carried out, or null.</summary>
    public string? Warning { get; init; }

    /// <summary>The commit over several modules that first answered the request id, or null.</summary>
    public string? TransactionId { get; init; }

    /// <summary>The other modules that have to hold still for this to be decided; nothing was done then.</summary>
    internal IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Whether this answers a request id that was answered before.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>The 0-based place of the operation that was refused; null when it was the request as a whole.</summary>
    public int? RefusedIndex { get; init; }
}
