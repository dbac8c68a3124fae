using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>Hands everything on to another journal; what is overridden is a bug that the simulation has to find.</summary>
internal abstract class PlantedJournal(IJournal inner) : IJournal
{
    public Guid Id => Inner.Id;

    public long Epoch => Inner.Epoch;

    protected IJournal Inner { get; } = inner;

    public IReadOnlyList<ModuleName> Modules() => Inner.Modules();

    public virtual Revision LastRevision(ModuleName module) => Inner.LastRevision(module);

    public virtual Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting) => Inner.AppendAsync(commits, stopWaiting);

    public IEnumerable<JournaledCommit> Read(ModuleName module, Revision after, Revision upTo) => Inner.Read(module, after, upTo);

    public IReadOnlyList<CommitHead> History(ModuleName module, int count) => Inner.History(module, count);

    public virtual CommitHead? FindRequest(ModuleName module, string requestId) => Inner.FindRequest(module, requestId);

    public CommitHead? FindLastRequest(ModuleName module, string prefix) => Inner.FindLastRequest(module, prefix);

    public IReadOnlyList<CommitHead> FindTransaction(string transactionId) => Inner.FindTransaction(transactionId);

    public Task AddConflictAsync(FileConflict conflict, CancellationToken stopWaiting) => Inner.AddConflictAsync(conflict, stopWaiting);

    public IReadOnlyList<FileConflict> Conflicts(int count) => Inner.Conflicts(count);

    public FileRecord? FindFile(ModuleName module) => Inner.FindFile(module);

    public Task SetFileAsync(ModuleName module, FileRecord file, CancellationToken stopWaiting) => Inner.SetFileAsync(module, file, stopWaiting);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}

/// <summary>Says that it is done before the disk has it, so that the segment is published first.</summary>
internal sealed class EagerJournal(IJournal inner) : PlantedJournal(inner)
{
    public override Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting)
    {
        _ = base.AppendAsync(commits, stopWaiting);
        return Task.CompletedTask;
    }
}

/// <summary>Takes a failed append for done.</summary>
internal sealed class DeafJournal(IJournal inner) : PlantedJournal(inner)
{
    public override async Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting)
    {
        try
        {
            await base.AppendAsync(commits, stopWaiting);
        }
        catch (JournalException)
        {
            // The bug: nobody hears of it.
        }
    }
}

/// <summary>Sends an append whose outcome is unknown once more, behind whatever is there now.</summary>
internal sealed class RetryingJournal(IJournal inner) : PlantedJournal(inner)
{
    public override async Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting)
    {
        try
        {
            await base.AppendAsync(commits, stopWaiting);
        }
        catch (JournalException)
        {
            var moved = commits.Select((commit, index) => commit with
            {
                Revision = new Revision(LastRevision(commit.Module).Value + 1 + index),
                Origin = commit.Origin with { RequestId = null },
            });
            await base.AppendAsync([.. moved], stopWaiting);
        }
    }
}

/// <summary>Does not remember which requests it has answered.</summary>
internal sealed class ForgetfulJournal(IJournal inner) : PlantedJournal(inner)
{
    public override Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting) =>
        base.AppendAsync([.. commits.Select(commit => commit with { Origin = commit.Origin with { RequestId = null } })], stopWaiting);

    public override CommitHead? FindRequest(ModuleName module, string requestId) => null;
}

/// <summary>Appends the commits of several modules one after the other.</summary>
internal sealed class PiecewiseJournal(IJournal inner) : PlantedJournal(inner)
{
    public override async Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting)
    {
        foreach (var ofModule in commits.GroupBy(commit => commit.Module))
        {
            await base.AppendAsync([.. ofModule], stopWaiting);
        }
    }
}

/// <summary>Does not see its newest commit.</summary>
internal sealed class ShortSightedJournal(IJournal inner) : PlantedJournal(inner)
{
    public override Revision LastRevision(ModuleName module) => new(Math.Max(0, base.LastRevision(module).Value - 1));
}
