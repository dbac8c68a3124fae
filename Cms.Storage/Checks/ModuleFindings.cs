using Cms.Formats.Modules;

namespace Cms.Storage.Checks;

/// <summary>What was found of one module in a journal that may be damaged.</summary>
/// <param name="Key">Its key in all tables.</param>
/// <param name="Module">Its name.</param>
/// <param name="RemovedUpTo">The last revision whose commit was removed on purpose.</param>
/// <param name="LastKnown">The newest revision that anything in the file speaks of.</param>
internal sealed record ModuleFindings(long Key, ModuleName Module, Revision RemovedUpTo, Revision LastKnown)
{
    /// <summary>The commits that are there and as they were written.</summary>
    public SortedSet<long> Commits { get; } = [];

    /// <summary>The complete snapshots that can be read.</summary>
    public SortedSet<long> Snapshots { get; } = [];

    /// <summary>What is wrong, a line each.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>The newest revision whose state can be told.</summary>
    public Revision Newest => new(Grounds.Select(EndFrom).DefaultIfEmpty(0).Max());

    /// <summary>The oldest state from which the newest can be reached by commits; 0 is the empty module.</summary>
    public Revision Ground => new(Grounds.Where(ground => EndFrom(ground) == Newest.Value).DefaultIfEmpty(0).Min());

    /// <summary>The revisions that cannot be told, for people; null when there are none.</summary>
    public string? Lost
    {
        get
        {
            var old = Ground > RemovedUpTo ? RangeOf(RemovedUpTo.Value + 1, Ground.Value) : null;
            var tail = Newest < LastKnown ? RangeOf(Newest.Value + 1, LastKnown.Value) : null;
            return (old, tail) switch
            {
                (null, null) => null,
                (_, null) => $"the changes of {old} are lost; the state after them is not",
                (null, _) => $"{tail} are lost; the module is at revision {Newest}",
                _ => $"{tail} are lost; the module is at revision {Newest}, and the changes of {old} before it are lost too",
            };
        }
    }

    private IEnumerable<long> Grounds => RemovedUpTo == Revision.None ? Snapshots.Prepend(0) : Snapshots;

    private long EndFrom(long ground)
    {
        while (Commits.Contains(ground + 1))
        {
            ground++;
        }

        return ground;
    }

    private static string RangeOf(long first, long last) => first == last ? $"revision {new Revision(first)}" : $"revisions {new Revision(first)} to {new Revision(last)}";
}
