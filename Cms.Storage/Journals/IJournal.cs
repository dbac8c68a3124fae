using Cms.Formats.Modules;
using Cms.Storage.Confirmations;

namespace Cms.Storage.Journals;

/// <summary>What must last: every commit of every module, and what is known of the modules' text files.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Made when the journal was created; segments carry it, so that one of another journal is never believed.</summary>
    Guid Id { get; }

    /// <summary>Counts the openings of this journal, from 1; every row carries it.</summary>
    long Epoch { get; }

    /// <summary>Its snapshots; null when it keeps none, and every module is folded from all its commits.</summary>
    ISnapshotStore? Snapshots => null;

    /// <summary>The confirmations of commits; null when it keeps none, and commits are never waited for.</summary>
    IConfirmationStore? Confirmations => null;

    /// <summary>What lets go of old commits; null when all are kept for ever.</summary>
    IHistoryRetention? Retention => null;

    /// <summary>Seals what was no secret when it was committed; null when this journal does not do that.</summary>
    IHistorySealing? Sealing => null;

    /// <summary>Every module that has a commit, by name.</summary>
    IReadOnlyList<ModuleName> Modules();

    /// <summary>The newest revision of a module, or <see cref="Revision.None"/>.</summary>
    Revision LastRevision(ModuleName module);

    /// <summary>Makes commits durable, all of them or none, in the order given.</summary>
    /// <param name="commits">Those of each module have consecutive revisions that follow its last one; at most <see cref="JournalLimits.MaxBatch"/>.</param>
    /// <param name="stopWaiting">Ends the wait only; an append already begun goes on.</param>
    /// <returns>When it completes, the commits survive a power cut.</returns>
    /// <exception cref="JournalFullException">The disk is full; none of them is durable.</exception>
    /// <exception cref="JournalException">Whether they are durable is not known; what is read from then on says it, and stays so.</exception>
    Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting);

    /// <summary>The commits above <paramref name="after"/> up to and including <paramref name="upTo"/>, oldest first, read as they are consumed.</summary>
    /// <exception cref="HistoryRemovedException">Commits after <paramref name="after"/> are no longer kept.</exception>
    /// <exception cref="JournalException">A commit up to and including <paramref name="upTo"/> is damaged or missing; the message names it.</exception>
    IEnumerable<JournaledCommit> Read(ModuleName module, Revision after, Revision upTo);

    /// <summary>The heads of the newest commits of a module, newest first.</summary>
    IReadOnlyList<CommitHead> History(ModuleName module, int count);

    /// <summary>The heads of the first commits above <paramref name="after"/> that are kept, up to and including <paramref name="upTo"/>, oldest first.</summary>
    IReadOnlyList<CommitHead> Heads(ModuleName module, Revision after, Revision upTo, int count) =>
        [.. History(module, int.MaxValue).Where(head => head.Revision > after && head.Revision <= upTo).Reverse().Take(count)];

    /// <summary>The commit that answered this request before, or null.</summary>
    CommitHead? FindRequest(ModuleName module, string requestId);

    /// <summary>The heads of the commits that a transaction made, one a module; empty when it made none.</summary>
    IReadOnlyList<CommitHead> FindTransaction(string transactionId);

    /// <summary>The commit of the greatest request id that begins so and goes on with ten digits; null when there is none.</summary>
    CommitHead? FindLastRequest(ModuleName module, string prefix);

    /// <summary>Notes that a hand edit and a commit changed the same paths; durable when it completes.</summary>
    Task AddConflictAsync(FileConflict conflict, CancellationToken stopWaiting);

    /// <summary>The newest conflicts of all modules, newest first.</summary>
    IReadOnlyList<FileConflict> Conflicts(int count);

    /// <summary>What is known of the module's text file, or null before it was first read or written.</summary>
    FileRecord? FindFile(ModuleName module);

    /// <summary>Replaces what is known of the module's text file; durable when it completes.</summary>
    Task SetFileAsync(ModuleName module, FileRecord file, CancellationToken stopWaiting);
}

/// <summary>What the journal knows of a module's text file.</summary>
/// <param name="KnownHash">SHA-256 of the text last written or taken in; a file with it is ours.</param>
/// <param name="NextHash">SHA-256 of the text about to be renamed into place, or null when none is under way.</param>
/// <param name="Written">The newest revision that the known text holds completely.</param>
/// <param name="Next">The revision that the text about to appear holds.</param>
public sealed record FileRecord(string KnownHash, string? NextHash, Revision Written, Revision Next);

/// <summary>A hand edit whose paths a commit had changed as well; the module kept its own values.</summary>
/// <param name="Module">The module.</param>
/// <param name="Time">The wall clock, a label only.</param>
/// <param name="Revision">The module's revision whose values were kept.</param>
/// <param name="Paths">The addresses on which the two differ.</param>
/// <param name="KeptText">The path of the file that holds the hand-edited text.</param>
public sealed record FileConflict(ModuleName Module, DateTimeOffset Time, Revision Revision, IReadOnlyList<string> Paths, string KeptText);
