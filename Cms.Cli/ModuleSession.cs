using Cms.Client;
using Cms.Client.Sessions;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;

namespace Cms.Cli;

/// <summary>A module as this user sees it: its segment, under what the user has staged.</summary>
/// <remarks>
/// Reading needs no daemon. Staging holds the session's file until disposed, so that nobody else of this user
/// stages in between. One thread.
/// </remarks>
internal sealed class ModuleSession : IDisposable
{
    private const int MaxRefreshes = 20;

    private readonly NodePaths _paths;
    private readonly SegmentReader _reader;
    private readonly List<ModuleOperation> _pending = [];
    private StagedFile? _held;
    private Staging _staging;

    /// <summary>Opens a module.</summary>
    /// <exception cref="RefusedException">There is no such module, or its segment may not be read.</exception>
    public ModuleSession(NodePaths paths, string module)
    {
        (_paths, Module) = (paths, module);
        _reader = OpenSegment(paths, module);
        Committed = _reader.Snapshot();
        _staging = Replay();
    }

    /// <summary>The module's name.</summary>
    public string Module { get; }

    /// <summary>What is committed.</summary>
    public IModuleView Committed { get; private set; }

    /// <summary>What will be once the staged operations are committed.</summary>
    public IModuleView Staged => _staging.State;

    /// <summary>The operations staged so far.</summary>
    public IReadOnlyList<ModuleOperation> Operations => [.. Stored.Operations, .. _pending];

    private StagedOperations Stored => _held?.Staged ?? StagedFile.Read(_paths.SessionDirectory, Module);

    /// <summary>Reads, and reads again when so many commits came in between that the snapshot is gone.</summary>
    public T Read<T>(Func<T> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return read();
            }
            catch (SnapshotTooOldException)
            {
                Refresh(attempt);
                _staging = Replay();
            }
        }
    }

    /// <summary>Stages an operation, with its section pinned to a permanent id and its path to the revision seen.</summary>
    /// <exception cref="RefusedException">It cannot be done; nothing was staged.</exception>
    public void Stage(ModuleOperation operation) => Read(() =>
    {
        Hold();
        if (_staging.Stage(operation) is { } refusal)
        {
            throw new RefusedException(refusal with { Message = $"{Module}: {refusal.Message}" });
        }

        _pending.Add(_staging.Operations[^1]);
        return true;
    });

    /// <summary>The section that an operation is about, as staged; null when it is not there.</summary>
    public SectionView? SectionOf(ModuleOperation operation) => _staging.SectionOf(operation);

    /// <summary>Finds a section as staged.</summary>
    public SectionView? Find(SectionSelector selector) => _staging.Find(selector);

    /// <summary>Writes what was staged to the session's file.</summary>
    public void Save()
    {
        if (_pending.Count > 0)
        {
            _held!.Append(_pending, EditLimits.Default.MaxOperations);
            _pending.Clear();
        }
    }

    /// <summary>Drops the staged operations that match.</summary>
    /// <returns>How many were dropped.</returns>
    public int Revert(Func<ModuleOperation, bool> matches) => Read(() =>
    {
        Hold();
        var all = Operations;
        var kept = all.Where(operation => !matches(operation)).ToList();
        if (kept.Count != all.Count)
        {
            _pending.Clear();
            _held!.Replace(kept);
            _staging = Replay();
        }

        return all.Count - kept.Count;
    });

    /// <summary>Keeps everybody else from staging; what others staged before is seen from now on.</summary>
    public StagedFile Hold()
    {
        if (_held is null)
        {
            _held = StagedFile.Open(_paths.SessionDirectory, Module);
            _staging = Replay();
        }

        return _held;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held?.Dispose();
        _reader.Dispose();
    }

    private static SegmentReader OpenSegment(NodePaths paths, string module)
    {
        try
        {
            return SegmentReader.Open(paths.SegmentOf(module));
        }
        catch (SegmentException missing) when (missing.Error == SegmentError.Missing)
        {
            throw Directory.Exists(paths.SegmentDirectory)
                ? new RefusedException(ErrorCode.NotFound, $"there is no module '{module}'; see cms list")
                : new RefusedException(ErrorCode.Unavailable, $"no node has run with {paths.RunDirectory}; start cmsd, set CMS_RUN_DIRECTORY, or use cms uci");
        }
        catch (SegmentException denied) when (denied.Error == SegmentError.Denied)
        {
            throw new RefusedException(ErrorCode.Denied, $"you may not read {denied.Path}; use sudo");
        }
    }

    private Staging Replay()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var staging = new Staging(Committed, EditLimits.Default);
                staging.Restore(Operations);
                return staging;
            }
            catch (SnapshotTooOldException)
            {
                Refresh(attempt);
            }
        }
    }

    private void Refresh(int attempt)
    {
        if (attempt >= MaxRefreshes)
        {
            throw new RefusedException(ErrorCode.Busy, $"module {Module} changes faster than it can be read; try again");
        }

        Committed = _reader.Snapshot();
    }
}
