using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Storage.Journals;

namespace Cms.Actors.History;

/// <summary>Modules as they were at past revisions.</summary>
/// <remarks>Any thread may call. A state takes memory for the whole module.</remarks>
public sealed class ModuleHistory
{
    private readonly NodeOptions _options;
    private readonly IJournal _journal;

    internal ModuleHistory(NodeOptions options, IJournal journal)
    {
        (_options, _journal, Commits, Changes) = (options, journal, new CommitLog(journal), new CommitReader(this, journal));
        Readable = new ReadableHistory(Commits, Changes, journal);
    }

    /// <summary>The commits that led to those states.</summary>
    public CommitLog Commits { get; }

    /// <summary>The changes of those commits.</summary>
    public CommitReader Changes { get; }

    /// <summary>Both, as far as somebody may read them.</summary>
    public ReadableHistory Readable { get; }

    /// <summary>The newest revision that is durable.</summary>
    public Revision LastRevision(ModuleName module) => _journal.LastRevision(module);

    /// <summary>A module at a revision, in memory of its own: from the segment if that still keeps it, else from the journal.</summary>
    /// <param name="module">The module.</param>
    /// <param name="revision">From <see cref="Revision.None"/>, before the first commit, to the last one.</param>
    /// <exception cref="RefusedException">
    /// The revision is not there yet (<see cref="ErrorCode.InvalidArgument"/>) or no longer kept (<see cref="ErrorCode.NotFound"/>).
    /// </exception>
    public IModuleView StateAt(ModuleName module, Revision revision)
    {
        CheckThere(module, revision);
        return revision == Revision.None ? EmptyModuleView.Instance : FromSegment<IModuleView>(module, revision, newest: false, view => StoredModule.CopyOf(view)) ?? Fold(module, revision);
    }

    /// <summary>Refuses a revision that the module has not reached.</summary>
    /// <exception cref="RefusedException">It is not there yet.</exception>
    public void CheckThere(ModuleName module, Revision revision)
    {
        var last = LastRevision(module);
        if (revision < Revision.None || revision > last)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"revision {revision} is not there yet: module '{module}' is at {last}");
        }
    }

    /// <summary>The state at a revision, folded from the journal, on which later commits can be applied.</summary>
    /// <exception cref="RefusedException">The revision is no longer kept.</exception>
    internal Overlay Fold(ModuleName module, Revision revision)
    {
        try
        {
            return JournaledState.At(_journal, module, revision);
        }
        catch (HistoryRemovedException lost)
        {
            throw new RefusedException(
                ErrorCode.NotFound, $"what module '{module}' was at revision {revision} is no longer kept; cms history {module} says what is ({lost.Message})");
        }
    }

    /// <summary>Reads the segment; null when it does not show that revision, or goes on without it while it is read.</summary>
    /// <param name="module">The module.</param>
    /// <param name="revision">Which revision.</param>
    /// <param name="newest">Whether the newest revision is read instead, if it is no older.</param>
    /// <param name="read">Reads; its result must not need the segment.</param>
    internal T? FromSegment<T>(ModuleName module, Revision revision, bool newest, Func<IModuleView, T?> read)
        where T : class
    {
        try
        {
            using var reader = SegmentReader.Open(Path.Combine(_options.SegmentDirectory, module.Name + ".seg"));
            return reader.VisibleRevision < revision ? null : read(newest ? reader.Snapshot() : reader.SnapshotAt(revision));
        }
        catch (Exception noHelp) when (noHelp is SegmentException or SnapshotTooOldException or IOException)
        {
            // The segment is only the shorter way to what the journal has.
            return null;
        }
    }
}
