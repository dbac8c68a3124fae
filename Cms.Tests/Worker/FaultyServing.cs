using System.Reflection;
using Cms.Actors;
using Cms.Storage.Journals;
using Cms.Tests.Faults;

namespace Cms.Tests.Worker;

/// <summary>What is wrong with a journal.</summary>
internal enum PlantedJournalFault
{
    /// <summary>Answers before the commits are on disk.</summary>
    AnswersFirst,

    /// <summary>Appends a batch once more now and then, as a retry without a look at what is there would.</summary>
    AppendsTwice,
}

/// <summary>Serves a node with a faulty journal until it is killed.</summary>
internal static class FaultyServing
{
    public static async Task<int> RunAsync(PlantedJournalFault fault, IReadOnlyList<string> settings)
    {
        var given = settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var options = new NodeOptions
        {
            ConfigDirectory = given["--config-directory"],
            StateDirectory = given["--state-directory"],
            RunDirectory = given["--run-directory"],
        };
        await using var node = await HostedNode.StartAsync(options, journal => FaultyJournal.Around(journal, fault));
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}

/// <summary>A journal that is as another but for a fault in its appends; the proxy is a class made from this one.</summary>
#pragma warning disable CA1852
internal class FaultyJournal : DispatchProxy
#pragma warning restore CA1852
{
    private const int RetriedAppend = 10;
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private IJournal _journal = null!;
    private PlantedJournalFault _fault;
    private Task _last = Task.CompletedTask;
    private int _count;

    /// <summary>Stands in front of a journal.</summary>
    public static IJournal Around(IJournal journal, PlantedJournalFault fault)
    {
        var faulty = Create<IJournal, FaultyJournal>();
        (((FaultyJournal)(object)faulty)._journal, ((FaultyJournal)(object)faulty)._fault) = (journal, fault);
        return faulty;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IJournal.AppendAsync)
            ? AppendAsync((IReadOnlyList<CommitRecord>)args![0]!, (CancellationToken)args[1]!)
            : targetMethod.Invoke(_journal, args);

    private Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting) =>
        _fault == PlantedJournalFault.AnswersFirst ? AnswerFirstAsync(commits) : AppendTwiceAsync(commits, stopWaiting);

    private Task AnswerFirstAsync(IReadOnlyList<CommitRecord> commits)
    {
        lock (_lock)
        {
            _last = AppendLateAsync(_last, commits);
        }

        return Task.CompletedTask;
    }

    private async Task AppendLateAsync(Task before, IReadOnlyList<CommitRecord> commits)
    {
        await before;
        await Task.Delay(Lateness);
        await _journal.AppendAsync(commits, CancellationToken.None);
    }

    private async Task AppendTwiceAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting)
    {
        await _journal.AppendAsync(commits, stopWaiting);
        if (Interlocked.Increment(ref _count) % RetriedAppend == 0)
        {
            var again = commits.Select(commit => commit with { Revision = new(commit.Revision.Value + commits.Count), Origin = commit.Origin with { RequestId = null } });
            await _journal.AppendAsync([.. again], stopWaiting);
        }
    }
}
