using Cms.Actors.History;
using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Migrations;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Storage.Files;
using Cms.Storage.Journals;

namespace Cms.Actors.Migrations;

/// <summary>Carries out migrations and takes them back, each as one commit.</summary>
/// <remarks>
/// Any thread may call. One migration at a time goes on in a node, so that what is planned is so when it is done; its turn ends when it
/// has ended, whether or not its caller still waits. The modules that a migration requires hold still while it is committed, and look
/// then whether they have come far enough; so do those that require the module when one is taken back.
/// </remarks>
public sealed class MigrationRunner : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly ModuleDirectory _modules;
    private readonly TransactionCoordinator _transactions;
    private readonly IJournal _journal;
    private readonly ModuleHistory _history;
    private readonly SemaphoreSlim _turn = new(1);

    internal MigrationRunner(NodeOptions options, ModuleDirectory modules, TransactionCoordinator transactions, IJournal journal, ModuleHistory history) =>
        (_options, _modules, _transactions, _journal, _history) = (options, modules, transactions, journal, history);

    /// <summary>Every version that each module has, oldest first; modules without a schema are left out.</summary>
    /// <exception cref="SegmentException">A module cannot be read.</exception>
    public IReadOnlyDictionary<string, IReadOnlyList<SchemaHead>> Installed() => _modules.All
        .Where(actor => File.Exists(PathOf(actor.Module.Name)))
        .Select(actor => (actor.Module.Name, Editions: EditionsOf(actor.Module.Name)))
        .Where(each => each.Editions.Count > 0)
        .ToDictionary(each => each.Name, each => each.Editions, StringComparer.Ordinal);

    /// <summary>Applies a migration; a module that is not there yet is made.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="origin">Who asks; without a message the commit says what it does.</param>
    /// <param name="waitForFile">Whether the reply waits until the text file holds the commit.</param>
    /// <param name="stopWaiting">Ends the wait; what has begun is finished all the same.</param>
    /// <exception cref="RefusedException">A name is not legal, or a module that it requires is not there.</exception>
    public async Task<MigrationStepReply> ApplyAsync(Migration migration, CommitOrigin origin, bool waitForFile, CancellationToken stopWaiting)
    {
        if (!ConfigDirectory.IsModuleName(migration.Module))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"module '{migration.Module}' is not legal: use printable ASCII without blanks and dots");
        }

        return await TakeTurnAsync(() => ApplyAsync(migration, origin, waitForFile), stopWaiting);
    }

    /// <summary>Takes migrations of a module back, the newest first, until it is at an earlier version.</summary>
    /// <param name="module">The module.</param>
    /// <param name="version">The version; null for the one before the newest.</param>
    /// <param name="origin">
    /// Who asks; without a message each commit says what it does. A request id is made different for each step; one that was carried out
    /// is answered as it was then.
    /// </param>
    /// <param name="waitForFile">Whether the reply waits until the text file holds the commits.</param>
    /// <param name="stopWaiting">Ends the wait; what has begun is finished all the same.</param>
    /// <returns>The steps that were gone; the last one may be refused.</returns>
    /// <exception cref="RefusedException">There is no way back; nothing was done.</exception>
    public Task<IReadOnlyList<MigrationStepReply>> RollBackAsync(
        string module, SchemaVersion? version, CommitOrigin origin, bool waitForFile, CancellationToken stopWaiting) =>
        TakeTurnAsync(() => RollBackAsync(module, version, origin, waitForFile), stopWaiting);

    /// <summary>The origin of one of several commits that one request makes.</summary>
    public static CommitOrigin ForStep(CommitOrigin origin, int step) =>
        origin.RequestId is { } id && step > 0 ? origin with { RequestId = $"{id}/{step}" } : origin;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _turn.Dispose();
    }

    private static CommitOrigin Say(CommitOrigin origin, string about) => origin.Message.Length > 0 ? origin : origin with { Message = about };

    private TransactionPart Reader(Migration migration, MigrationRequirement required) => _modules.Find(required.Module) is null
        ? throw new RefusedException(ErrorCode.NotFound, $"{migration.Name} requires {required}, and there is no module '{required.Module}'")
        : new TransactionPart(required.Module, Command: null)
        {
            Condition = view =>
            {
                var version = LastOf(SchemaTable.ReadHeads(view));
                return version >= required.Least ? null : new Refusal(
                    ErrorCode.Conflict, $"{migration.Name} requires {required}, and it has {version?.ToString() ?? "no schema"}; apply its migrations first");
            },
        };

    // A caller that is gone does not end what it has begun, so it does not end its turn either.
    private async Task<T> TakeTurnAsync<T>(Func<Task<T>> work, CancellationToken stopWaiting)
    {
        await _turn.WaitAsync(stopWaiting);
        return await WorkAsync().WaitAsync(stopWaiting);

        async Task<T> WorkAsync()
        {
            try
            {
                return await work();
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task<MigrationStepReply> ApplyAsync(Migration migration, CommitOrigin origin, bool waitForFile)
    {
        var about = $"migrate {migration.Describe()}{(migration.Description.Length > 0 ? ": " : "")}{migration.Description}";
        var command = new ModuleCommand.ChangeSchema(Say(origin, about), MigrationSteps.Up(migration)) { WaitForFile = waitForFile };

        // What was done is answered again, whatever has become of the modules that it required.
        var readers = FindRequest(migration.Module, origin) is null ? migration.Requires.Select(required => Reader(migration, required)).ToList() : [];
        return new MigrationStepReply(migration.Module, migration.From, migration.To, await CommitAsync(migration.Module, command, readers));
    }

    private async Task<IReadOnlyList<MigrationStepReply>> RollBackAsync(string module, SchemaVersion? version, CommitOrigin origin, bool waitForFile)
    {
        var replies = new List<MigrationStepReply>();
        bool IsDone() => replies is [.., var last] && (last.Reply.Refusal is not null || version is null || last.To == version);

        // What was done is answered again and not planned anew: the module does not have those versions any more.
        while (!IsDone() && FindTakenBack(module, ForStep(origin, replies.Count)) is { } editions)
        {
            replies.Add(await StepDownAsync(module, editions, ForStep(origin, replies.Count), waitForFile, []));
        }

        if (IsDone())
        {
            return replies;
        }

        var installed = Installed();
        var planned = MigrationPlanner.PlanDown(installed, module, version).Count;
        for (var step = 0; step < planned; step++)
        {
            var editions = installed[module].SkipLast(step).ToList();
            var dependents = Dependents(installed, module, LeftOf(editions));
            replies.Add(await StepDownAsync(module, editions, ForStep(origin, replies.Count), waitForFile, dependents));
            if (replies[^1].Reply.Refusal is not null)
            {
                break;
            }
        }

        return replies;
    }

    // Takes the last of the editions back.
    private async Task<MigrationStepReply> StepDownAsync(
        string module, IReadOnlyList<SchemaHead> editions, CommitOrigin origin, bool waitForFile, List<TransactionPart> readers)
    {
        var (edition, left) = (editions[^1], LeftOf(editions));
        var about = $"roll {module} back {edition.Version} -> {left?.ToString() ?? "(none)"}";
        var command = new ModuleCommand.ChangeSchema(Say(origin, about), MigrationSteps.Down(module, edition)) { WaitForFile = waitForFile };
        return new MigrationStepReply(module, edition.Version, left, await CommitAsync(module, command, readers));
    }

    private static SchemaVersion? LeftOf(IReadOnlyList<SchemaHead> editions) => LastOf([.. editions.SkipLast(1)]);

    private static SchemaVersion? LastOf(IReadOnlyList<SchemaHead> editions) => editions is [.., var last] ? last.Version : null;

    private static List<TransactionPart> Dependents(
        IReadOnlyDictionary<string, IReadOnlyList<SchemaHead>> installed, string module, SchemaVersion? left) =>
    [
        .. from other in installed
           where other.Key != module && MigrationPlanner.FindNeed(other.Key, other.Value, module, left: null) is not null
           select new TransactionPart(other.Key, Command: null)
           {
               Condition = view => MigrationPlanner.FindNeed(other.Key, SchemaTable.ReadHeads(view), module, left),
           },
    ];

    private CommitHead? FindRequest(string module, CommitOrigin origin) =>
        origin.RequestId is { } id && _modules.Find(module) is { } actor ? _journal.FindRequest(actor.Module, id) : null;

    // The versions that the module had before a request took the newest one back; null when there was no such request.
    private IReadOnlyList<SchemaHead>? FindTakenBack(string module, CommitOrigin origin)
    {
        if (FindRequest(module, origin) is not { } head)
        {
            return null;
        }

        var before = SchemaTable.ReadHeads(_history.Fold(head.Module, new Revision(head.Revision.Value - 1)));
        var after = SchemaTable.ReadHeads(_history.Fold(head.Module, head.Revision));
        return before is [.., { Migration: not null }] && after.Count == before.Count - 1
            ? before
            : throw new RefusedException(ErrorCode.Conflict, $"the request id '{origin.RequestId}' was that of another request, which made revision {head.Revision}; use a new one");
    }

    private async Task<ModuleReply> CommitAsync(string module, ModuleCommand command, List<TransactionPart> readers)
    {
        var actor = _modules.GetOrStart(module);
        if (readers.Count == 0)
        {
            return await actor.AskAsync(command, CancellationToken.None);
        }

        var reply = await _transactions.CommitAsync([.. readers, new TransactionPart(module, command)], CancellationToken.None);
        return reply.Of(module, actor.Revision);
    }

    private IReadOnlyList<SchemaHead> EditionsOf(string module)
    {
        using var segment = SegmentReader.Open(PathOf(module));
        return SchemaTable.ReadHeads(segment.Snapshot());
    }

    private string PathOf(string module) => Path.Combine(_options.SegmentDirectory, module + ".seg");
}
