using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Storage.Files;
using Cms.Storage.Journals;

namespace Cms.Actors.Migrations;

/// <summary>Carries out migrations and takes them back, each as one commit.</summary>
/// <remarks>
/// Any thread may call. One migration at a time goes on in a node, so that what is planned is so when it is done. The modules that a
/// migration requires hold still while it is committed, and look then whether they have come far enough.
/// </remarks>
public sealed class MigrationRunner : IDisposable
{
    private readonly NodeOptions _options;
    private readonly ModuleDirectory _modules;
    private readonly TransactionCoordinator _transactions;
    private readonly SemaphoreSlim _turn = new(1);

    internal MigrationRunner(NodeOptions options, ModuleDirectory modules, TransactionCoordinator transactions) =>
        (_options, _modules, _transactions) = (options, modules, transactions);

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

        await _turn.WaitAsync(stopWaiting);
        try
        {
            var about = $"migrate {migration.Describe()}{(migration.Description.Length > 0 ? ": " : "")}{migration.Description}";
            var command = new ModuleCommand.ChangeSchema(Say(origin, about), MigrationSteps.Up(migration)) { WaitForFile = waitForFile };
            var readers = migration.Requires.Select(required => Reader(migration, required)).ToList();
            return new MigrationStepReply(migration.Module, migration.From, migration.To, await CommitAsync(migration.Module, command, readers, stopWaiting));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes migrations of a module back, the newest first, until it is at an earlier version.</summary>
    /// <param name="module">The module.</param>
    /// <param name="version">The version; null for the one before the newest.</param>
    /// <param name="origin">Who asks; without a message each commit says what it does. A request id is made different for each step.</param>
    /// <param name="waitForFile">Whether the reply waits until the text file holds the commits.</param>
    /// <param name="stopWaiting">Ends the wait; what has begun is finished all the same.</param>
    /// <returns>The steps that were gone; the last one may be refused.</returns>
    /// <exception cref="RefusedException">There is no way back; nothing was done.</exception>
    public async Task<IReadOnlyList<MigrationStepReply>> RollBackAsync(
        string module, SchemaVersion? version, CommitOrigin origin, bool waitForFile, CancellationToken stopWaiting)
    {
        await _turn.WaitAsync(stopWaiting);
        try
        {
            var installed = Installed();
            var replies = new List<MigrationStepReply>();
            foreach (var edition in MigrationPlanner.PlanDown(installed, module, version))
            {
                var left = installed[module].LastOrDefault(each => each.Version < edition.Version)?.Version;
                var about = $"roll {module} back {edition.Version} -> {left?.ToString() ?? "(none)"}";
                var asked = version is null || origin.RequestId is null ? origin : origin with { RequestId = $"{origin.RequestId}/{edition.Version}" };
                var command = new ModuleCommand.ChangeSchema(Say(asked, about), MigrationSteps.Down(module, edition)) { WaitForFile = waitForFile };
                var reply = await CommitAsync(module, command, [], stopWaiting);
                replies.Add(new MigrationStepReply(module, edition.Version, left, reply));
                if (reply.Refusal is not null)
                {
                    break;
                }
            }

            return replies;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The origin of one of several commits that one request makes.</summary>
    public static CommitOrigin ForStep(CommitOrigin origin, int step) =>
        origin.RequestId is { } id && step > 0 ? origin with { RequestId = $"{id}/{step}" } : origin;

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static CommitOrigin Say(CommitOrigin origin, string about) => origin.Message.Length > 0 ? origin : origin with { Message = about };

    private TransactionPart Reader(Migration migration, MigrationRequirement required) => _modules.Find(required.Module) is null
        ? throw new RefusedException(ErrorCode.NotFound, $"{migration.Name} requires {required}, and there is no module '{required.Module}'")
        : new TransactionPart(required.Module, Command: null)
        {
            Condition = view => SchemaTable.ReadNewest(view)?.Version is { } version && version >= required.Least
                ? null
                : new Refusal(ErrorCode.Conflict, $"{migration.Name} requires {required}, and it has {SchemaTable.ReadNewest(view)?.Version.ToString() ?? "no schema"}; apply its migrations first"),
        };

    private async Task<ModuleReply> CommitAsync(string module, ModuleCommand command, List<TransactionPart> readers, CancellationToken stopWaiting)
    {
        var actor = _modules.GetOrStart(module);
        if (readers.Count == 0)
        {
            return await actor.AskAsync(command, stopWaiting);
        }

        var reply = await _transactions.CommitAsync([.. readers, new TransactionPart(module, command)], stopWaiting);
        return reply.Modules.TryGetValue(module, out var done) ? done
            : reply.Refused.TryGetValue(module, out var refused) ? refused
            : new ModuleReply(actor.Revision, 0, reply.Refusal);
    }

    private IReadOnlyList<SchemaHead> EditionsOf(string module)
    {
        using var segment = SegmentReader.Open(PathOf(module));
        return SchemaTable.ReadHeads(segment.Snapshot());
    }

    private string PathOf(string module) => Path.Combine(_options.SegmentDirectory, module + ".seg");
}
