using Cms.Client;
using Cms.Client.Sessions;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>Where the staged operations on one module are kept.</summary>
internal interface IStage : IDisposable
{
    /// <summary>The revision that is read under them; null for the newest.</summary>
    Revision? Ground { get; }

    /// <summary>What is staged, in order.</summary>
    IReadOnlyList<ModuleOperation> Operations { get; }

    /// <summary>Keeps others of this user from staging until disposed, where that is needed.</summary>
    void Hold();

    /// <summary>Stages further operations.</summary>
    Task AppendAsync(IReadOnlyCollection<ModuleOperation> operations, CancellationToken cancellation);

    /// <summary>Keeps only these operations.</summary>
    void Replace(IReadOnlyCollection<ModuleOperation> operations);
}

/// <summary>In this user's own file, until he commits.</summary>
internal sealed class UserStage(NodePaths paths, string module) : IStage
{
    private StagedFile? _held;

    public Revision? Ground => null;

    public IReadOnlyList<ModuleOperation> Operations => (_held?.Staged ?? StagedFile.Read(paths.SessionDirectory, module)).Operations;

    public void Hold() => _held ??= StagedFile.Open(paths.SessionDirectory, module);

    public Task AppendAsync(IReadOnlyCollection<ModuleOperation> operations, CancellationToken cancellation)
    {
        _held!.Append(operations, EditLimits.Default.MaxOperations);
        return Task.CompletedTask;
    }

    public void Replace(IReadOnlyCollection<ModuleOperation> operations) => _held!.Replace(operations);

    public void Dispose() => _held?.Dispose();
}

/// <summary>In a transaction that the daemon keeps open.</summary>
internal sealed class OpenStage(CmsClient client, TransactionInfo transaction, string module) : IStage
{
    private readonly TransactionModuleInfo? _info = transaction.Modules.FirstOrDefault(each => each.Module == module);
    private readonly List<ModuleOperation> _added = [];

    public Revision? Ground => new Revision(_info?.Revision ?? 0);

    public IReadOnlyList<ModuleOperation> Operations => [.. (_info?.Operations ?? []).Select(OperationMapper.ToOperation), .. _added];

    public void Hold()
    {
        // The daemon lets one caller at a time into the transaction.
    }

    public async Task AppendAsync(IReadOnlyCollection<ModuleOperation> operations, CancellationToken cancellation)
    {
        // The daemon pins them itself, to the same ids and revisions.
        await client.StageAsync(transaction.Transaction, module, [.. operations.Select(operation => OperationMapper.ToWire(operation with { Expected = null }))], cancellation);
        _added.AddRange(operations);
    }

    public void Replace(IReadOnlyCollection<ModuleOperation> operations) =>
        throw new RefusedException(ErrorCode.InvalidArgument, "inside a transaction go back to a savepoint: cms transaction back NAME");

    public void Dispose()
    {
        // The transaction stays open.
    }
}
