using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>Events of commits that are no longer at hand, from the journal.</summary>
/// <remarks>
/// Any thread may call; few read at the same time, the others wait. The journal has ids where an event has names: they come from the
/// segment as long as the sections have not been renamed or removed since, else from the state before, folded from the journal. The
/// state folded last is kept, so that who reads on does not pay for the fold again.
/// </remarks>
internal sealed class PastCommits
{
    private readonly NodeOptions _options;
    private readonly IJournal _journal;

    private readonly Turns _turns = new(TopicLimits.MaxJournalReaders);
    private readonly Lock _foldLock = new();
    private (ModuleName Module, Overlay State)? _folded;

    public PastCommits(NodeOptions options, IJournal journal) => (_options, _journal) = (options, journal);

    /// <summary>Reads the next commits after a revision.</summary>
    /// <param name="module">Of which module.</param>
    /// <param name="after">Below <paramref name="upTo"/>.</param>
    /// <param name="upTo">The newest that may be told.</param>
    /// <param name="most">The most commits.</param>
    /// <param name="withOld">Whether changes say what was there before.</param>
    /// <param name="cancellation">Ends the wait for a turn.</param>
    /// <returns>At least one event, oldest first; commits that are not kept any more are told as lost.</returns>
    /// <exception cref="JournalException">The journal is damaged; the message says where.</exception>
    public ValueTask<List<TopicEvent>> ReadAsync(ModuleName module, Revision after, Revision upTo, int most, bool withOld, CancellationToken cancellation) =>
        _turns.RunAsync(() => Read(module, after, upTo, most, withOld), cancellation);

    private List<TopicEvent> Read(ModuleName module, Revision after, Revision upTo, int most, bool withOld)
    {
        var heads = _journal.Heads(module, after, upTo, most);
        if (heads.Count == 0 || heads[0].Revision != after.Next)
        {
            return [new TopicEvent.Lost(module, after, heads.Count == 0 ? upTo.Next : heads[0].Revision)];
        }

        var commits = ReadPage(module, after, heads[^1].Revision);
        return !withOld && FindNames(module, after, commits) is { } names
            ? Tell(names, names.Apply, _ => { }, heads, commits, withOld)
            : TellOnFold(module, after, heads, commits, withOld);
    }

    private List<JournaledCommit> ReadPage(ModuleName module, Revision after, Revision upTo)
    {
        var commits = new List<JournaledCommit>();
        var room = TopicLimits.MaxToldBytes;
        foreach (var commit in _journal.Read(module, after, upTo))
        {
            commits.Add(commit);
            room -= commit.Changes.Sum(CommitStory.Measure);
            if (room <= 0)
            {
                break;
            }
        }

        return commits;
    }

    private PastNames? FindNames(ModuleName module, Revision after, IReadOnlyList<JournaledCommit> commits)
    {
        try
        {
            using var reader = SegmentReader.Open(Path.Combine(_options.SegmentDirectory, module.Name + ".seg"));
            return PastNames.TryFind(reader.Snapshot(), after, commits);
        }
        catch (Exception noHelp) when (noHelp is SegmentException or SnapshotTooOldException or IOException)
        {
            // The segment is only the shorter way to what the journal has.
            return null;
        }
    }

    private List<TopicEvent> TellOnFold(
        ModuleName module, Revision after, IReadOnlyList<CommitHead> heads, IReadOnlyList<JournaledCommit> commits, bool withOld)
    {
        lock (_foldLock)
        {
            var state = Fold(module, after);

            // A state that a failure has left between two commits is not kept.
            _folded = null;
            var events = Tell(state, state.Apply, revision => state.Apply(revision, []), heads, commits, withOld);
            _folded = (module, state);
            return events;
        }
    }

    private Overlay Fold(ModuleName module, Revision upTo)
    {
        if (_folded is not { } kept || kept.Module != module || kept.State.Revision > upTo)
        {
            return JournaledState.At(_journal, module, upTo);
        }

        foreach (var commit in _journal.Read(module, kept.State.Revision, upTo))
        {
            kept.State.Apply(commit.Revision, commit.Changes);
        }

        return kept.State;
    }

    private static List<TopicEvent> Tell(
        IModuleView state, Action<ModuleChange> apply, Action<Revision> begin, IReadOnlyList<CommitHead> heads, IReadOnlyList<JournaledCommit> commits, bool withOld)
    {
        var events = new List<TopicEvent>(commits.Count);
        foreach (var (head, commit) in heads.Zip(commits))
        {
            // What is kept of the state goes on where this commit ends.
            begin(commit.Revision);
            var told = CommitStory.Tell(state, apply, commit.Changes, withOld);
            events.Add(new TopicEvent.Committed(head.Module, head.Revision, head.Time, head.Origin, head.ChangeCount, told, withOld) { TransactionId = head.TransactionId });
        }

        return events;
    }
}
