using Cms.Actors.Modules;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.Transactions;

/// <summary>A transaction between its begin and its end: what it reads, what it has staged, what it has locked.</summary>
/// <remarks>
/// It reads every module as it was when it began; a path that somebody else has changed by the time it commits is a conflict.
/// It lives in memory: nothing of it outlasts the daemon but what it has committed. Nobody uses it for a while, and it ends by
/// itself. Any thread may call; one call at a time is carried out.
/// </remarks>
// A semaphore whose wait handle nobody asks for holds nothing to let go of, and callers may still come after the end.
#pragma warning disable CA1001
public sealed class OpenTransaction
#pragma warning restore CA1001
{
    private static readonly TimeSpan OneTick = TimeSpan.FromMilliseconds(1);

    private readonly TransactionDirectory _directory;
    private readonly IReadOnlyDictionary<string, Revision?> _ground;
    private readonly Dictionary<string, TransactionStage> _stages = [];
    private readonly HashSet<string> _locks = [];
    private readonly List<Savepoint> _savepoints = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly TimeSpan _idle;
    private readonly ITimer _expiry;
    private long _usedAt;
    private bool _hasEnded;
    private long _bytes;

    internal OpenTransaction(TransactionDirectory directory, string id, TransactionBegin begin, IReadOnlyDictionary<string, Revision?> ground)
    {
        (_directory, Id, Begin, _ground, _idle) = (directory, id, begin, ground, begin.Idle);
        _locks.UnionWith(begin.Locks);
        _usedAt = directory.Clock.GetTimestamp();
        _expiry = directory.Clock.CreateTimer(_ => _ = ExpireAsync(), null, _idle, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Names it to its callers, and in the history once it is committed.</summary>
    public string Id { get; }

    /// <summary>Who began it, and how.</summary>
    internal TransactionBegin Begin { get; }

    /// <summary>Stages operations on a module, all or none.</summary>
    /// <returns>Null, or why nothing was staged.</returns>
    public Task<Refusal?> StageAsync(string module, IReadOnlyList<ModuleOperation> operations, CancellationToken cancellation) => UseAsync(
        () =>
        {
            var bytes = operations.Sum(SizeOf);
            var count = _stages.Values.Sum(stage => stage.Operations.Count) + operations.Count;
            if (count > _directory.Limits.MaxOperations || _bytes + bytes > TransactionLimits.MaxBytes)
            {
                return new Refusal(
                    ErrorCode.TooLarge,
                    $"the transaction would stage {count} operations with {(_bytes + bytes) >> 20} MiB; the most is {_directory.Limits.MaxOperations} with {TransactionLimits.MaxBytes >> 20} MiB: commit it first");
            }

            var refusal = StageOf(module).Stage(operations);
            _bytes += refusal is null ? bytes : 0;
            return refusal;
        },
        cancellation);

    /// <summary>Reads a module as the transaction sees it: as it was at the begin, under what is staged.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="read">Must be done with what it is given when it returns.</param>
    /// <param name="cancellation">Ends the wait for another call.</param>
    public Task<T> ReadAsync<T>(string module, Func<Staging, T> read, CancellationToken cancellation) => UseAsync(() => StageOf(module).Read(read), cancellation);

    /// <summary>Locks a module against everybody else, or renews the lease.</summary>
    /// <returns>Null, or why it is not locked.</returns>
    public Task<Refusal?> LockAsync(string module, TimeSpan lease, CancellationToken cancellation) => UseAsync(
        async () =>
        {
            var reply = await _directory.LockAsync(Id, module, lease);
            if (reply.Refusal is null && reply.Revision != GroundOf(module))
            {
                await _directory.LockAsync(Id, module, null);
                return new Refusal(
                    ErrorCode.Conflict,
                    $"module {module} has changed since the transaction began (revision {GroundOf(module)}, now {reply.Revision}); begin anew, with the lock from the start");
            }

            if (reply.Refusal is null)
            {
                _locks.Add(module);
            }

            return reply.Refusal;
        },
        cancellation);

    /// <summary>Gives a lock back; one that is not held is no error.</summary>
    public Task UnlockAsync(string module, CancellationToken cancellation) => UseAsync(
        async () => _locks.Remove(module) && (await _directory.LockAsync(Id, module, null)).Refusal is null, cancellation);

    /// <summary>Marks what is staged now, to come back to it; a mark of the same name is replaced.</summary>
    /// <returns>Null, or why there is no mark.</returns>
    public Task<Refusal?> SetSavepointAsync(string name, CancellationToken cancellation) => UseAsync(
        () =>
        {
            if (_savepoints.Count >= TransactionLimits.MaxSavepoints)
            {
                return new Refusal(ErrorCode.TooLarge, $"the transaction has {TransactionLimits.MaxSavepoints} savepoints, which is the most");
            }

            _savepoints.RemoveAll(savepoint => savepoint.Name == name);
            _savepoints.Add(new Savepoint(name, _stages.ToDictionary(stage => stage.Key, stage => stage.Value.Operations.Count)));
            return null;
        },
        cancellation);

    /// <summary>Drops what was staged behind a savepoint, and the savepoints behind it.</summary>
    /// <returns>Null, or why nothing was dropped.</returns>
    public Task<Refusal?> RollBackToAsync(string name, CancellationToken cancellation) => UseAsync(
        () =>
        {
            var index = _savepoints.FindIndex(savepoint => savepoint.Name == name);
            if (index < 0)
            {
                return new Refusal(ErrorCode.NotFound, $"the transaction has no savepoint '{name}'; it has {(_savepoints.Count == 0 ? "none" : string.Join(", ", _savepoints.Select(each => each.Name)))}");
            }

            foreach (var (module, stage) in _stages)
            {
                stage.CutTo(_savepoints[index].Counts.GetValueOrDefault(module));
            }

            _bytes = _stages.Values.Sum(stage => stage.Operations.Sum(SizeOf));
            _savepoints.RemoveRange(index + 1, _savepoints.Count - index - 1);
            return null;
        },
        cancellation);

    /// <summary>Commits what is staged, all or nothing, and ends. After a refusal it is still open.</summary>
    /// <param name="end">How it ends.</param>
    /// <param name="cancellation">Ends the wait only.</param>
    public Task<TransactionReply> CommitAsync(TransactionEnd end, CancellationToken cancellation) => UseAsync(
        async () =>
        {
            var origin = Begin.Origin with { Message = end.Message ?? Begin.Origin.Message, RequestId = Id, Access = end.Access };
            var parts = _stages.Keys.Union(_locks).Select(module => ToPart(module, origin, end)).Where(part => part.Command is not null || part.NeedsLock).ToList();
            var reply = parts.Count == 0
                ? new TransactionReply(Id, new Dictionary<string, ModuleReply>(), null)
                : await _directory.Coordinator.CommitAsync(Id, parts, CancellationToken.None);
            if (reply.Refusal is null)
            {
                await EndAsync(TransactionDirectory.Committed);
            }

            return reply;
        },
        cancellation);

    /// <summary>Ends it; nothing of it happens.</summary>
    public Task AbortAsync(CancellationToken cancellation) => UseAsync(
        async () =>
        {
            await EndAsync("it was aborted");
            return true;
        },
        cancellation);

    /// <summary>How it is doing.</summary>
    public Task<TransactionReport> ReportAsync(CancellationToken cancellation) => TakeTurnAsync(
        () => Task.FromResult(new TransactionReport(
            Id,
            Begin.Origin.Principal,
            Begin.Origin.Message,
            _idle - _directory.Clock.GetElapsedTime(_usedAt),
            [.. _ground.Where(ground => ground.Value is not null).Select(ground => ground.Key).Union(_stages.Keys).Order(StringComparer.Ordinal).Select(module =>
                new TransactionModuleReport(module, GroundOf(module), _stages.TryGetValue(module, out var stage) ? [.. stage.Operations] : [], _locks.Contains(module)))],
            [.. _savepoints.Select(savepoint => savepoint.Name)])),
        cancellation);

    /// <summary>Ends it because the node stops.</summary>
    internal Task StopAsync() => ExpireAsync(isStopping: true);

    private TransactionPart ToPart(string module, CommitOrigin origin, TransactionEnd end)
    {
        var operations = _stages.TryGetValue(module, out var stage) ? stage.Operations : [];
        var isLocked = _locks.Contains(module);
        return new TransactionPart(module, operations.Count == 0 ? null : new ModuleCommand.Edit(origin, operations) { WaitForFile = end.WaitsForFile, Confirmation = end.Confirmation })
        {
            NeedsLock = isLocked,
            Expected = isLocked ? GroundOf(module) : null,
        };
    }

    // A module that was not open then had a state that nobody could see; one that was not there had none.
    private Revision GroundOf(string module) => _ground.GetValueOrDefault(module, Revision.None)
        ?? throw new RefusedException(ErrorCode.Unavailable, $"module {module} was not running when the transaction began; begin anew when it is");

    private TransactionStage StageOf(string module)
    {
        if (!_stages.TryGetValue(module, out var stage))
        {
            _stages.Add(module, stage = new TransactionStage(_directory.FindModule(module), GroundOf(module), _directory.Limits, Begin.Origin.Access.In(module)));
        }

        return stage;
    }

    private Task<T> UseAsync<T>(Func<T> use, CancellationToken cancellation) => UseAsync(() => Task.FromResult(use()), cancellation);

    private Task<T> UseAsync<T>(Func<Task<T>> use, CancellationToken cancellation) => TakeTurnAsync(
        async () =>
        {
            try
            {
                return await use();
            }
            finally
            {
                if (!_hasEnded)
                {
                    _usedAt = _directory.Clock.GetTimestamp();
                    _expiry.Change(_idle, Timeout.InfiniteTimeSpan);
                }
            }
        },
        cancellation);

    private async Task<T> TakeTurnAsync<T>(Func<Task<T>> use, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return _hasEnded ? throw new RefusedException(_directory.WhyNotOpen(Id, owner: null)) : await use();
        }
        finally
        {
            _turn.Release();
        }
    }

    // A timer that fires while somebody uses the transaction comes too early, and so may one by another clock.
    private async Task ExpireAsync(bool isStopping = false)
    {
        await _turn.WaitAsync();
        try
        {
            var unused = _directory.Clock.GetElapsedTime(_usedAt);
            if (!_hasEnded && (isStopping || unused >= _idle))
            {
                await EndAsync(isStopping ? "the daemon stopped" : $"nobody used it for {_idle.TotalSeconds} s");
            }
            else if (!_hasEnded)
            {
                _expiry.Change(_idle - unused + OneTick, Timeout.InfiniteTimeSpan);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task EndAsync(string why)
    {
        _hasEnded = true;
        await _expiry.DisposeAsync();
        _directory.Forget(this, why);
        foreach (var stage in _stages.Values)
        {
            stage.Dispose();
        }

        foreach (var module in _locks)
        {
            await _directory.LockAsync(Id, module, null);
        }
    }

    private static long SizeOf(ModuleOperation operation) => operation switch
    {
        ModuleOperation.SetOption set => set.Value.Encoding.Length,
        ModuleOperation.AddToList add => add.Elements.Encoding.Length,
        ModuleOperation.SetElement set => set.Element.Encoding.Length,
        ModuleOperation.CheckOption check => check.Value?.Encoding.Length ?? 0,
        ModuleOperation.OfRow row => row.Row.Values.Sum(value => (long)value.Encoding.Length),
        _ => 0,
    };

    private sealed record Savepoint(string Name, IReadOnlyDictionary<string, int> Counts);
}
