using Cms.Actors.Modules;
using Cms.Formats.Access;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;

namespace Cms.Actors.Transactions;

/// <summary>One module inside an open transaction: its state when the transaction began, under what is staged.</summary>
/// <remarks>The state comes from the segment while that still keeps the revision, then from the journal. One thread at a time.</remarks>
internal sealed class TransactionStage : IDisposable
{
    private readonly ModuleActor _module;
    private readonly EditLimits _limits;
    private readonly ModuleAccess _access;
    private readonly List<ModuleOperation> _operations = [];
    private SegmentReader? _reader;
    private Staging _staging;

    /// <param name="module">The module.</param>
    /// <param name="ground">The revision it was at when the transaction began.</param>
    /// <param name="limits">The bounds to keep.</param>
    /// <param name="access">What of it may be known of.</param>
    /// <exception cref="SegmentException">The segment cannot be opened.</exception>
    public TransactionStage(ModuleActor module, Revision ground, EditLimits limits, ModuleAccess access)
    {
        (_module, Ground, _limits, _access) = (module, ground, limits, access);
        var reader = SegmentReader.Open(module.SegmentPath);
        if (reader.VisibleRevision == ground)
        {
            _reader = reader;
            _staging = new Staging(access.FilterKnown(module.Keys.Unseal(reader.SnapshotAt(ground))), limits);
        }
        else
        {
            reader.Dispose();
            _staging = new Staging(access.FilterKnown(module.Keys.Unseal(module.Fold(ground))), limits);
        }
    }

    /// <summary>The revision that is read.</summary>
    public Revision Ground { get; }

    /// <summary>What is staged, in order.</summary>
    public IReadOnlyList<ModuleOperation> Operations => _operations;

    /// <summary>Reads the module as it will be.</summary>
    /// <param name="read">Called anew, on what was staged before it, when the snapshot went while it read.</param>
    public T Read<T>(Func<Staging, T> read)
    {
        try
        {
            return read(_staging);
        }
        catch (SnapshotTooOldException) when (_reader is not null)
        {
            Dispose();
            _staging = new Staging(_access.FilterKnown(_module.Keys.Unseal(_module.Fold(Ground))), _limits);
            _staging.Restore(_operations);
            return read(_staging);
        }
    }

    /// <summary>Stages operations, all or none.</summary>
    public Refusal? Stage(IReadOnlyList<ModuleOperation> operations)
    {
        var refusal = Read(staging =>
        {
            var refused = operations.Select(staging.Stage).OfType<Refusal>().FirstOrDefault();
            if (refused is not null)
            {
                staging.CutTo(_operations.Count);
            }

            return refused;
        });
        _operations.AddRange(_staging.Operations.Skip(_operations.Count));
        return refusal;
    }

    /// <summary>Drops the operations behind the first ones.</summary>
    public void CutTo(int count)
    {
        _operations.RemoveRange(count, _operations.Count - count);
        Read(staging =>
        {
            staging.CutTo(count);
            return true;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader?.Dispose();
        _reader = null;
    }
}
