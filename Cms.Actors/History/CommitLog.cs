using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.History;

/// <summary>Finds past commits, newest first: of all modules, of one, or of what touched one path.</summary>
/// <remarks>Any thread may call. What touched a path is found by reading the commits, newest first, until enough are found.</remarks>
public sealed class CommitLog
{
    private const int CommitsAtOnce = 1000;

    private readonly IJournal _journal;

    internal CommitLog(IJournal journal) => _journal = journal;

    /// <summary>The newest commits of all modules.</summary>
    /// <param name="before">Only those with a lower commit id; null for all.</param>
    /// <param name="count">The most to return.</param>
    public IReadOnlyList<CommitHead> OfAll(long? before, int count) =>
        [.. _journal.Modules().SelectMany(module => OfModule(module, RevisionBefore(module, before), count)).OrderByDescending(head => head.CommitId).Take(count)];

    /// <summary>The newest commits of a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="before">Only those below this revision; null for all.</param>
    /// <param name="count">The most to return.</param>
    public IReadOnlyList<CommitHead> OfModule(ModuleName module, Revision? before, int count)
    {
        var upTo = UpTo(module, before);
        return [.. _journal.Heads(module, new Revision(Math.Max(upTo.Value - count, 0)), upTo, count).Reverse()];
    }

    /// <summary>The newest commits of a module that touched a path.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">What they touched.</param>
    /// <param name="before">Only those below this revision; null for all.</param>
    /// <param name="count">The most to return.</param>
    /// <exception cref="JournalException">The journal is damaged; the message says where.</exception>
    public IReadOnlyList<CommitHead> OfPath(ModuleName module, PathFilter path, Revision? before, int count)
    {
        var found = new List<CommitHead>();
        var first = FirstKept(module);
        for (var upTo = UpTo(module, before); found.Count < count && upTo >= first && upTo > Revision.None;)
        {
            var after = new Revision(Math.Max(upTo.Value - CommitsAtOnce, first.Value - 1));
            var touching = _journal.Read(module, after, upTo).Where(commit => commit.Changes.Any(path.IsTouchedBy)).Select(commit => commit.Revision).ToHashSet();
            if (touching.Count > 0)
            {
                found.AddRange(_journal.Heads(module, after, upTo, CommitsAtOnce).Reverse().Where(head => touching.Contains(head.Revision)));
            }

            upTo = after;
        }

        return [.. found.Take(count)];
    }

    /// <summary>Every section that the kept commits gave a name.</summary>
    /// <exception cref="JournalException">The journal is damaged; the message says where.</exception>
    public IReadOnlySet<SectionId> SectionsCalled(ModuleName module, string name)
    {
        var first = FirstKept(module);
        return first == Revision.None ? new HashSet<SectionId>() : _journal.Read(module, new Revision(first.Value - 1), _journal.LastRevision(module))
            .SelectMany(commit => commit.Changes)
            .Select(change => change switch
            {
                ModuleChange.SectionAdded added when added.Name == name => added.Section,
                ModuleChange.SectionRenamed renamed when renamed.Name == name => renamed.Section,
                _ => (SectionId?)null,
            })
            .OfType<SectionId>()
            .ToHashSet();
    }

    internal Revision UpTo(ModuleName module, Revision? before)
    {
        var last = _journal.LastRevision(module).Value;
        return new Revision(before is { } bound ? Math.Min(Math.Max(bound.Value - 1, 0), last) : last);
    }

    // Kept commits have consecutive revisions, whose commit ids grow.
    internal Revision FirstKept(ModuleName module) =>
        _journal.Heads(module, Revision.None, _journal.LastRevision(module), 1) is [var first, ..] ? first.Revision : Revision.None;

    internal Revision? RevisionBefore(ModuleName module, long? commitId)
    {
        if (commitId is not { } bound)
        {
            return null;
        }

        var (low, high) = (FirstKept(module).Value, _journal.LastRevision(module).Value + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var isBelow = _journal.Heads(module, new Revision(middle - 1), new Revision(middle), 1) is [var head, ..] && head.CommitId < bound;
            (low, high) = isBelow ? (middle + 1, high) : (low, middle);
        }

        return new Revision(low);
    }
}
