using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>A journal on a simulated disk. It does what the others do, and fails as its seed says.</summary>
internal sealed class SimulatedJournal(SimulatedJournalFile log, Guid id, long epoch) : IJournal
{
    public Guid Id => id;

    public long Epoch => epoch;

    public IReadOnlyList<ModuleName> Modules() => log.Ask(null, index => index.Modules);

    public Revision LastRevision(ModuleName module) => log.Ask(module, index => new Revision(index.Rows(module).Count));

    public Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting) =>
        log.WriteAsync(commitId => new LogRecord.Committed([.. commits.Select((commit, index) => ToRow(commit, commitId + index))]))
            .WaitAsync(stopWaiting);

    public IEnumerable<JournaledCommit> Read(ModuleName module, Revision after, Revision upTo)
    {
        var rows = log.Ask(module, index => index.Rows(module).Skip((int)after.Value).Take((int)(upTo.Value - after.Value)).ToList());
        foreach (var row in rows)
        {
            log.CheckReadable(module);
            yield return new JournaledCommit(row.Head.Revision, EventCodec.Decode(row.Parts));
        }

        if (after.Value + rows.Count < upTo.Value)
        {
            throw new JournalException($"module {module} lacks revision {after.Value + rows.Count + 1}");
        }
    }

    public IReadOnlyList<CommitHead> History(ModuleName module, int count) =>
        log.Ask(module, index => index.Rows(module).Reverse().Take(count).Select(row => row.Head).ToList());

    public CommitHead? FindRequest(ModuleName module, string requestId) => log.Ask(module, index => index.FindRequest(module, requestId)?.Head);

    public CommitHead? FindLastRequest(ModuleName module, string prefix) => log.Ask(module, index => index.FindLastRequest(module, prefix)?.Head);

    public IReadOnlyList<CommitHead> FindTransaction(string transactionId) =>
        log.Ask(null, index => index.FindTransaction(transactionId).Select(row => row.Head).ToList());

    public Task AddConflictAsync(FileConflict conflict, CancellationToken stopWaiting) =>
        log.WriteAsync(_ => new LogRecord.ConflictAdded(conflict)).WaitAsync(stopWaiting);

    public IReadOnlyList<FileConflict> Conflicts(int count) => log.Ask(null, index => index.Conflicts.Reverse().Take(count).ToList());

    public FileRecord? FindFile(ModuleName module) => log.Ask(module, index => index.FindFile(module));

    public Task SetFileAsync(ModuleName module, FileRecord file, CancellationToken stopWaiting) =>
        log.WriteAsync(_ => new LogRecord.FileSet(module, file)).WaitAsync(stopWaiting);

    public ValueTask DisposeAsync()
    {
        log.Close();
        return ValueTask.CompletedTask;
    }

    private static JournalRow ToRow(CommitRecord commit, long commitId) => new(
        new CommitHead(commit.Module, commit.Revision, commitId, commit.Time, commit.Origin, commit.Changes.Count) { TransactionId = commit.TransactionId },
        [.. EventCodec.Encode(commit.Changes).Select(part => part.ToArray())]);
}
