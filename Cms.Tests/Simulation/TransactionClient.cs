using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>Somebody who keeps a transaction open over several requests, with what it has read, and commits or aborts it.</summary>
internal sealed class TransactionClient(SimulatedMachine machine, Invariants invariants, IReadOnlyList<string> modules, string name, Random random)
{
    private const int MostAttempts = 200;
    private readonly List<AskedPart> _parts = [];
    private string _id = "";

    /// <summary>Begins one, reads and stages, perhaps looks again, and ends it.</summary>
    public async Task RunAsync()
    {
        var chosen = modules.ToArray();
        random.Shuffle(chosen);
        var locks = chosen.Take(random.Next(3)).ToList();
        if (await BeginAsync(locks) is not { } grounds)
        {
            return;
        }

        foreach (var module in chosen.Take(random.Next(1, 3)))
        {
            await PauseAsync(random.Next(50));
            if (!await StageAsync(module, grounds, random.Next(1, 9)))
            {
                return;
            }
        }

        await PauseAsync(random.Next(random.Next(4) == 0 ? 5_000 : 100));
        var readOnly = locks.Where(module => _parts.TrueForAll(part => part.Module != module)).ToList();
        _parts.AddRange(readOnly.Select(module => new AskedPart(module, null, $"locked at {grounds[module]}") { Expected = grounds.GetValueOrDefault(module) }));
        await EndAsync();
    }

    // Under a lock from the start the ground is what the lock found.
    private async Task<IReadOnlyDictionary<string, Revision>?> BeginAsync(IReadOnlyList<string> locks)
    {
        var begin = new TransactionBegin(new CommitOrigin(name, SimulatedClient.Gateway, "", null), TimeSpan.FromSeconds(random.Next(1, 30)), locks, TimeSpan.FromSeconds(random.Next(1, 30)));
        var begun = await CallAsync($"begin with locks on {string.Join(", ", locks)}", [], async node =>
        {
            var transaction = await node.OpenTransactions!.BeginAsync(begin, CancellationToken.None);
            var report = await transaction.ReportAsync(CancellationToken.None);
            var grounds = report.Modules.ToDictionary(module => module.Module, module => module.Revision);
            invariants.CheckTogether(grounds);
            return Tuple.Create(transaction.Id, grounds);
        });
        _id = begun?.Item1 ?? "";
        machine.Trace.Add($"{name} {(begun is null ? "could not begin" : $"has begun {_id}")} with locks on {string.Join(", ", locks)}");
        return begun?.Item2;
    }

    private async Task<bool> StageAsync(string module, IReadOnlyDictionary<string, Revision> grounds, long amount)
    {
        var part = await CallAsync($"stage in {module}", [], async node =>
        {
            var transaction = node.OpenTransactions!.Find(_id, owner: null);
            var (before, difference) = await transaction.ReadAsync(
                module,
                staging => (RandomCommands.CounterOf(staging.State), Tests.Segments.ViewAssert.Difference(invariants.History.Of(module).At(grounds.GetValueOrDefault(module)), staging.State)),
                CancellationToken.None);
            if (difference is not null)
            {
                throw new InvariantViolation($"{_id} reads {module} otherwise than it was at revision {grounds.GetValueOrDefault(module)}: {difference}");
            }

            var (operations, staged) = RandomCommands.AddTo(module, before, amount);
            return await transaction.StageAsync(module, operations, CancellationToken.None) is { } refusal ? throw new RefusedException(refusal) : staged;
        });
        if (part is not null)
        {
            _parts.Add(part);
        }

        return part is not null;
    }

    private async Task EndAsync()
    {
        if (random.Next(5) == 0)
        {
            await AbortAsync();
            return;
        }

        var asked = new Asked(_id, [.. _parts]);
        invariants.Expect(asked);
        machine.Trace.Add($"{name} commits {asked}");
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var reply = await CommitAsync(asked);
            machine.Trace.Add($"{name} hears of {_id}: {reply?.Refusal?.ToString() ?? (reply is null ? "nothing" : "done")}");
            if (reply is not null && !Invariants.IsPassing(reply.Refusal))
            {
                if (reply.Refusal is not null)
                {
                    await AbortAsync();
                }

                return;
            }

            await PauseAsync(random.Next(1, 3_000));
        }

        throw new InvariantViolation($"{asked} was put off {MostAttempts} times");
    }

    private async Task<TransactionReply?> CommitAsync(Asked asked)
    {
        if (machine.Node is not { } node)
        {
            return null;
        }

        return await node.CallAsync($"commit {asked}", [.. asked.Parts.Select(part => part.Module)], async each =>
        {
            try
            {
                return await each.OpenTransactions!.CommitAsync(_id, owner: null, new TransactionEnd(_id, random.Next(4) == 0, null, AccessScope.Everything), CancellationToken.None);
            }
            catch (RefusedException refused)
            {
                return new TransactionReply(_id, new Dictionary<string, ModuleReply>(), refused.Refusal);
            }
            catch (JournalException unreadable)
            {
                return new TransactionReply(_id, new Dictionary<string, ModuleReply>(), new Refusal(ErrorCode.Unavailable, unreadable.Message));
            }
        }, reply => invariants.CheckReply(asked, reply.Modules, reply.Refusal));
    }

    private async Task AbortAsync()
    {
        machine.Trace.Add($"{name} aborts {_id}");
        await CallAsync("abort", [], async node =>
        {
            await node.OpenTransactions!.Find(_id, owner: null).AbortAsync(CancellationToken.None);
            return "aborted";
        });
    }

    /// <returns>Null when it was refused, could not be read, or the connection was lost.</returns>
    private async Task<T?> CallAsync<T>(string what, IReadOnlyList<string> about, Func<SimulatedNode, Task<T>> ask)
        where T : class
    {
        if (machine.Node is not { } node)
        {
            return null;
        }

        var answer = await node.CallAsync($"{name}: {what}", about, async each =>
        {
            try
            {
                return Tuple.Create<T?>(await ask(each));
            }
            catch (Exception refused) when (refused is RefusedException or JournalException or SegmentException)
            {
                machine.Trace.Add($"{name}: {what}: {refused.Message.ReplaceLineEndings(" ")}");
                return Tuple.Create<T?>(null);
            }
        }, _ => { });
        return answer?.Item1;
    }

    private Task PauseAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), machine.Clock, CancellationToken.None);
}
