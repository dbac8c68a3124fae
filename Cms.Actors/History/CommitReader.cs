using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.History;

/// <summary>Reads past commits with what each change was about: names, columns and, when that is wanted, what was there before.</summary>
/// <remarks>
/// Any thread may call. The state before the first commit comes from the segment if it still keeps that revision; without old values
/// from the newest state, if what the commits touch has not been renamed or removed since; else it is folded from the journal.
/// </remarks>
public sealed class CommitReader
{
    private readonly ModuleHistory _history;
    private readonly IJournal _journal;

    internal CommitReader(ModuleHistory history, IJournal journal) => (_history, _journal) = (history, journal);

    /// <summary>Reads commits, oldest first, until one more would be too much.</summary>
    /// <param name="module">The module.</param>
    /// <param name="page">Which commits.</param>
    /// <exception cref="RefusedException">The first commit is not in the journal (<see cref="ErrorCode.NotFound"/>).</exception>
    public IReadOnlyList<ToldCommit> Read(ModuleName module, CommitPage page)
    {
        var commits = ReadPage(module, page);
        return (page.WithOld ? null : _history.FromSegment(module, page.After, newest: true, view =>
                PastNames.TryFind(view, page.After, commits) is { } names ? Tell(names, names.Apply, commits, page) : null))
            ?? _history.FromSegment(module, page.After, newest: false, view => TellOn(new Overlay(view), commits, page))
            ?? TellOn(_history.Fold(module, page.After), commits, page);
    }

    private List<JournaledCommit> ReadPage(ModuleName module, CommitPage page)
    {
        var commits = new List<JournaledCommit>();
        var room = page.MaxBytes;
        try
        {
            foreach (var commit in _journal.Read(module, page.After, page.UpTo))
            {
                commits.Add(commit);
                room -= commit.Changes.Skip(commits.Count == 1 ? page.Skip : 0).Sum(CommitStory.Measure);
                if (room <= 0)
                {
                    break;
                }
            }
        }
        catch (JournalException lost)
        {
            if (commits.Count == 0)
            {
                throw NoLongerKept(module, page.After, lost.Message);
            }
        }

        return commits.Count > 0 || page.After == page.UpTo ? commits : throw NoLongerKept(module, page.After, "there is no such commit");
    }

    private static List<ToldCommit> TellOn(Overlay state, List<JournaledCommit> commits, CommitPage page) => Tell(state, state.Apply, commits, page);

    private static List<ToldCommit> Tell(IModuleView state, Action<ModuleChange> apply, List<JournaledCommit> commits, CommitPage page)
    {
        var replies = new List<ToldCommit>();
        var (skip, room) = (page.Skip, page.MaxBytes);
        foreach (var commit in commits)
        {
            var told = new List<ToldChange>();
            foreach (var change in commit.Changes)
            {
                if (skip > 0)
                {
                    skip--;
                }
                else if (room > 0)
                {
                    told.Add(CommitStory.TellOne(state, change, page.WithOld));
                    room -= CommitStory.Measure(change);
                }

                apply(change);
            }

            var first = replies.Count == 0 ? page.Skip : 0;
            replies.Add(new ToldCommit(commit.Revision, first, first + told.Count >= commit.Changes.Count, told));
            skip = 0;
        }

        return replies;
    }

    private static RefusedException NoLongerKept(ModuleName module, Revision after, string why) =>
        new(ErrorCode.NotFound, $"the journal does not have revision {after.Next} of module '{module.Name}' ({why}); read the module anew and go on from there");
}

/// <summary>Which commits are read.</summary>
/// <param name="After">The first commit is the one after this revision.</param>
/// <param name="UpTo">The last commit that may be told.</param>
/// <param name="Skip">How many changes of the first commit are left out.</param>
/// <param name="MaxBytes">About how many bytes of changes are told; the last change may go beyond.</param>
/// <param name="WithOld">Whether changes say what was there before.</param>
public sealed record CommitPage(Revision After, Revision UpTo, int Skip, long MaxBytes, bool WithOld);

/// <summary>A past commit, or a part of it.</summary>
/// <param name="Revision">The revision that it made.</param>
/// <param name="First">The 0-based place in the commit of the first change here.</param>
/// <param name="IsComplete">Whether the last change here is the commit's last one.</param>
/// <param name="Changes">The changes in order.</param>
public sealed record ToldCommit(Revision Revision, int First, bool IsComplete, IReadOnlyList<ToldChange> Changes);
