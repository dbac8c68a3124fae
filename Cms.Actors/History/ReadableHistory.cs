using Cms.Actors.Access;
using Cms.Actors.Topics;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.History;

/// <summary>The history as somebody may read it: commits of which he may read nothing are not there, of others he sees what he may read.</summary>
/// <remarks>Any thread may call. For who may not read the whole of a module its commits are read with their changes, newest first, until enough are found.</remarks>
public sealed class ReadableHistory
{
    private const int CommitsAtOnce = 100;
    private readonly CommitLog _commits;
    private readonly CommitReader _changes;
    private readonly IJournal _journal;

    internal ReadableHistory(CommitLog commits, CommitReader changes, IJournal journal) => (_commits, _changes, _journal) = (commits, changes, journal);

    /// <summary>The newest commits of all modules.</summary>
    /// <param name="scope">What may be read.</param>
    /// <param name="before">Only those with a lower commit id; null for all.</param>
    /// <param name="count">The most to return.</param>
    public IReadOnlyList<CommitHead> OfAll(AccessScope scope, long? before, int count) => scope.IsEverything
        ? _commits.OfAll(before, count)
        : [.. _journal.Modules().SelectMany(module => OfModule(module, scope.In(module.ToString()), _commits.RevisionBefore(module, before), count)).OrderByDescending(head => head.CommitId).Take(count)];

    /// <summary>The newest commits of a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="access">What may be read of it.</param>
    /// <param name="before">Only those below this revision; null for all.</param>
    /// <param name="count">The most to return.</param>
    public IReadOnlyList<CommitHead> OfModule(ModuleName module, ModuleAccess access, Revision? before, int count) => access.Extent(AccessAction.Read) switch
    {
        AccessExtent.All => _commits.OfModule(module, before, count),
        AccessExtent.None => [],
        _ => Find(module, access, before, count, _ => true),
    };

    /// <summary>The newest commits of a module that touched a path.</summary>
    /// <param name="module">The module.</param>
    /// <param name="access">What may be read of it.</param>
    /// <param name="path">What they touched.</param>
    /// <param name="before">Only those below this revision; null for all.</param>
    /// <param name="count">The most to return.</param>
    public IReadOnlyList<CommitHead> OfPath(ModuleName module, ModuleAccess access, PathFilter path, Revision? before, int count) => access.Extent(AccessAction.Read) switch
    {
        AccessExtent.All => _commits.OfPath(module, path, before, count),
        AccessExtent.None => [],
        _ => Find(module, access, before, count, path.IsTouchedBy),
    };

    /// <summary>Reads commits with what may be read of their changes, oldest first; a commit without such changes has none.</summary>
    /// <param name="module">The module.</param>
    /// <param name="access">What may be read of it.</param>
    /// <param name="page">Which commits; what is skipped counts among the changes that may be read.</param>
    /// <inheritdoc cref="CommitReader.Read"/>
    public IReadOnlyList<ToldCommit> Read(ModuleName module, ModuleAccess access, CommitPage page)
    {
        var whole = page with { Skip = 0, WithOld = true };
        var commits = _changes.Read(module, whole);
        if (commits is [{ IsComplete: false } first])
        {
            // What may be read of it can be counted only when all of it is there.
            commits = _changes.Read(module, whole with { UpTo = first.Revision, MaxBytes = long.MaxValue });
        }

        return [.. commits.Where(commit => commit.IsComplete).Select((commit, index) => Filter(access, commit, index == 0 ? page.Skip : 0))];
    }

    private static ToldCommit Filter(ModuleAccess access, ToldCommit commit, int skip) =>
        commit with { First = skip, Changes = [.. EventFilter.Filter(access, AccessAction.Read, commit.Changes).Skip(skip)] };

    private List<CommitHead> Find(ModuleName module, ModuleAccess access, Revision? before, int count, Predicate<ModuleChange> isMeant)
    {
        var found = new List<CommitHead>();
        var first = _commits.FirstKept(module);
        for (var upTo = _commits.UpTo(module, before); found.Count < count && upTo >= first && upTo > Revision.None;)
        {
            var after = new Revision(Math.Max(upTo.Value - CommitsAtOnce, first.Value - 1));
            var changes = _changes.Read(module, new CommitPage(after, upTo, Skip: 0, long.MaxValue, WithOld: true)).ToDictionary(commit => commit.Revision, commit => commit.Changes);
            found.AddRange(_journal.Heads(module, after, upTo, CommitsAtOnce).Reverse()
                .Select(head => changes.TryGetValue(head.Revision, out var told) ? Filter(access, head, told, isMeant) : null).OfType<CommitHead>());
            upTo = after;
        }

        return [.. found.Take(count)];
    }

    private static CommitHead? Filter(ModuleAccess access, CommitHead head, IReadOnlyList<ToldChange> changes, Predicate<ModuleChange> isMeant)
    {
        var shown = EventFilter.Filter(access, AccessAction.Read, changes);
        return !shown.Any(told => isMeant(told.Change)) ? null
            : EventFilter.IsAll(changes, shown) ? head
            : head with { ChangeCount = shown.Count, Origin = head.Origin with { Message = "" } };
    }
}
