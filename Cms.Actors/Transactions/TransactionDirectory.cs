using System.Collections.Concurrent;
using Cms.Actors.Modules;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.Transactions;

/// <summary>The open transactions of the node.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class TransactionDirectory : IAsyncDisposable
{
    /// <summary>Why a transaction ended that was committed.</summary>
    internal const string Committed = "it was committed";

    private readonly ModuleDirectory _modules;
    private readonly NodeOptions _options;
    private readonly IJournal _journal;
    private readonly ConcurrentDictionary<string, OpenTransaction> _open = new();
    private readonly ConcurrentQueue<(string Id, string Owner, string Why)> _ended = new();
    private int _count;

    internal TransactionDirectory(NodeOptions options, ModuleDirectory modules, IJournal journal, TransactionCoordinator coordinator, TimeProvider clock) =>
        (_options, _modules, _journal, Coordinator, Clock) = (options, modules, journal, coordinator, clock);

    /// <summary>The open transactions, by id.</summary>
    public IReadOnlyList<OpenTransaction> All => [.. _open.Values.OrderBy(transaction => transaction.Id, StringComparer.Ordinal)];

    internal TransactionCoordinator Coordinator { get; }

    internal TimeProvider Clock { get; }

    internal EditLimits Limits => _options.Limits;

    /// <summary>Begins a transaction: from now on it sees every module as it is at one moment.</summary>
    /// <exception cref="RefusedException">Too many are open, or a module to be locked is locked by another.</exception>
    public async Task<OpenTransaction> BeginAsync(TransactionBegin begin, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _count) > _options.MaxTransactions)
        {
            Interlocked.Decrement(ref _count);
            throw new RefusedException(ErrorCode.Busy, $"{_options.MaxTransactions} transactions are open already; end one, or raise max_transactions");
        }

        var id = Coordinator.NewTransactionId();
        try
        {
            await LockAllAsync(id, begin);
            var ground = await Coordinator.BetweenCommitsAsync(
                () => _modules.All.ToDictionary(module => module.Module.Name, module => module.IsOpen ? module.Revision : (Revision?)null), cancellation);
            return _open[id] = new OpenTransaction(this, id, begin, ground);
        }
        catch
        {
            Interlocked.Decrement(ref _count);
            await UnlockAllAsync(id, begin.Locks);
            throw;
        }
    }

    /// <summary>An open transaction.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="owner">Who may only have those that he began; null for who may have all.</param>
    /// <exception cref="RefusedException">It is not open; the message says why.</exception>
    public OpenTransaction Find(string id, string? owner) => FindOpen(id, owner) ?? throw new RefusedException(WhyNotOpen(id, owner));

    /// <summary>Commits an open transaction; one that was committed before is answered as it was then.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="owner">Who may only have those that he began; null for who may have all.</param>
    /// <param name="end">How it ends.</param>
    /// <param name="cancellation">Ends the wait only.</param>
    public async Task<TransactionReply> CommitAsync(string id, string? owner, TransactionEnd end, CancellationToken cancellation)
    {
        if (FindOpen(id, owner) is { } transaction)
        {
            try
            {
                return await transaction.CommitAsync(end, cancellation);
            }
            catch (RefusedException) when (!_open.ContainsKey(id))
            {
                // It ended while this call waited for another one to commit it.
            }
        }

        var commits = _journal.FindTransaction(id).Where(commit => owner is null || commit.Origin.Principal == owner).ToList();
        if (commits.Select(commit => commit.Module.Name).FirstOrDefault(module => _modules.Find(module) is not { IsOpen: true }) is { } closed)
        {
            // No answer is ahead of what readers see.
            throw new RefusedException(ErrorCode.Unavailable, $"transaction {id} is committed, but module {closed} is not open now; ask again soon");
        }

        return commits.Count > 0 || WhyEnded(id, owner) == Committed
            ? new TransactionReply(id, commits.ToDictionary(commit => commit.Module.Name, commit => new ModuleReply(commit.Revision, commit.ChangeCount, null) { IsRepeated = true }), null)
            : throw new RefusedException(WhyNotOpen(id, owner));
    }

    /// <summary>Ends all; nothing of them happens.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var transaction in All)
        {
            await transaction.StopAsync();
        }
    }

    /// <summary>Why a transaction is not open.</summary>
    internal Refusal WhyNotOpen(string id, string? owner)
    {
        var why = WhyEnded(id, owner);
        return new Refusal(ErrorCode.NotFound, why is null
            ? $"there is no transaction '{id}'; begin one, or see cms transaction list"
            : $"transaction {id} has ended: {why}");
    }

    private string? WhyEnded(string id, string? owner) => _ended.FirstOrDefault(ended => ended.Id == id && (owner is null || ended.Owner == owner)).Why;

    // What somebody else began is as if it were not there.
    private OpenTransaction? FindOpen(string id, string? owner) =>
        _open.TryGetValue(id, out var transaction) && (owner is null || transaction.Begin.Origin.Principal == owner) ? transaction : null;

    /// <summary>A module that a transaction names.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    internal ModuleActor FindModule(string name) =>
        _modules.Find(name) ?? throw NoModule(name);

    /// <summary>The refusal of what names a module that is not there.</summary>
    public static RefusedException NoModule(string name) => new(ErrorCode.NotFound, $"there is no module '{name}'; create it with import");

    /// <summary>Locks a module, renews the lease, or, without a lease, gives the lock back.</summary>
    internal Task<ModuleReply> LockAsync(string id, string module, TimeSpan? lease)
    {
        var request = new LockRequest(id, lease);
        FindModule(module).Post(request);
        return request.Reply;
    }

    /// <summary>Remembers why a transaction ended.</summary>
    internal void Forget(OpenTransaction transaction, string why)
    {
        _ended.Enqueue((transaction.Id, transaction.Begin.Origin.Principal, why));
        while (_ended.Count > TransactionLimits.MaxRemembered)
        {
            _ended.TryDequeue(out _);
        }

        _open.TryRemove(transaction.Id, out _);
        Interlocked.Decrement(ref _count);
    }

    private async Task LockAllAsync(string id, TransactionBegin begin)
    {
        foreach (var module in begin.Locks.Order(StringComparer.Ordinal))
        {
            if ((await LockAsync(id, module, begin.Lease)).Refusal is { } refusal)
            {
                throw new RefusedException(refusal with { Message = $"{module}: {refusal.Message}" });
            }
        }
    }

    private async Task UnlockAllAsync(string id, IReadOnlyList<string> modules)
    {
        foreach (var module in modules.Where(module => _modules.Find(module) is not null))
        {
            await LockAsync(id, module, null);
        }
    }
}
