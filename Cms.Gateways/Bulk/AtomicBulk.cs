using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Gateways.Bulk;

/// <summary>Gathers a bulk and carries it out as one commit of each module: all of them or none. One thread at a time.</summary>
internal sealed class AtomicBulk(
    Func<string, ModuleActor> find, TransactionCoordinator transactions, Func<CommitOrigin> originNow, int mostOperations) : IBulkTarget
{
    private const int MaxModules = 1000;

    private readonly BulkTally _tally = new();
    private readonly OrderedDictionary<string, BulkGroup> _groups = [];
    private int _count;

    public ValueTask<BulkRefusal?> AddAsync(IReadOnlyList<BulkOperation> operations, CancellationToken cancellation)
    {
        foreach (var operation in operations)
        {
            if (TryAdd(operation) is { } refusal)
            {
                return ValueTask.FromResult<BulkRefusal?>(new BulkRefusal(operation.Line, refusal));
            }
        }

        return ValueTask.FromResult<BulkRefusal?>(null);
    }

    public async Task<(BulkReply Done, BulkRefusal? Refusal)> FinishAsync(BulkRefusal? refusal, long lines, CancellationToken cancellation)
    {
        if (refusal is null && _groups.Count > 0)
        {
            refusal = _groups.Count == 1 ? await CommitOneAsync(_groups.GetAt(0).Value, cancellation) : await CommitAllAsync(cancellation);
        }

        return (_tally.ToReply(refusal is null ? lines : 0), refusal);
    }

    private async Task<BulkRefusal?> CommitOneAsync(BulkGroup group, CancellationToken cancellation)
    {
        var reply = await group.Module.AskAsync(CommandOf(group), cancellation);
        if (group.RefusalOf(reply) is { } refusal)
        {
            return refusal;
        }

        Count(group, reply);
        return null;
    }

    private async Task<BulkRefusal?> CommitAllAsync(CancellationToken cancellation)
    {
        var parts = _groups.Values.Select(group => new TransactionPart(group.Name, CommandOf(group))).ToList();
        var reply = await transactions.CommitAsync(parts, cancellation);
        if (reply.Refusal is { } refusal)
        {
            var line = reply.Refused.Select(pair => _groups[pair.Key].RefusalOf(pair.Value)).OfType<BulkRefusal>().Min(refused => (long?)refused.Line);
            return new BulkRefusal(line ?? _groups.GetAt(0).Value.FirstLine, refusal);
        }

        foreach (var group in _groups.Values)
        {
            Count(group, reply.Modules[group.Name]);
        }

        return null;
    }

    private ModuleCommand.Edit CommandOf(BulkGroup group) => new(originNow(), group.Operations) { IsBulk = true };

    private void Count(BulkGroup group, ModuleReply reply)
    {
        if (reply.IsRepeated)
        {
            _tally.AddRepeated(group, reply.Revision);
        }
        else
        {
            _tally.Add(group, reply.Revision, reply.ChangeCount);
        }
    }

    private Refusal? TryAdd(BulkOperation operation)
    {
        if (_count == mostOperations)
        {
            return new Refusal(ErrorCode.TooLarge, $"an atomic bulk has at most {mostOperations} operations; split it, or raise max_bulk_operations");
        }

        if (!_groups.TryGetValue(operation.Module, out var group))
        {
            if (_groups.Count == MaxModules)
            {
                return new Refusal(ErrorCode.TooLarge, $"an atomic bulk has at most {MaxModules} modules; split it");
            }

            try
            {
                group = new BulkGroup(operation.Module, find(operation.Module), 1024);
            }
            catch (RefusedException refused)
            {
                return refused.Refusal;
            }

            _groups.Add(operation.Module, group);
        }

        group.Add(operation);
        _count++;
        return null;
    }
}
