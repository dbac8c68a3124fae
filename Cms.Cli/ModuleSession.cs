using Cms.Cli.Texts;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Secrets;
using Cms.Formats.Segments;

namespace Cms.Cli;

/// <summary>A module as this user sees it: its segment, under what the user has staged.</summary>
/// <remarks>
/// Reading needs no daemon, save inside a transaction or where the segment is not this user's to read. Staging keeps others of this user from staging until disposed. One thread.
/// </remarks>
internal sealed class ModuleSession : IDisposable
{
    private const int MaxRefreshes = 20;

    private readonly SegmentReader? _reader;
    private readonly CmsClient? _client;
    private readonly List<ModuleOperation> _pending = [];
    private readonly IStage _stage;
    private RedactedView _committed;
    private ModuleContent? _told;
    private Staging _staging;
    private bool _isHeld;

    /// <summary>Opens a module.</summary>
    /// <exception cref="RefusedException">There is no such module, or it may not be read.</exception>
    /// <param name="paths">The node.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="stage">What is staged; disposed with this.</param>
    /// <param name="connect">The daemon, which is asked when the segment is another machine's or not this user's to read.</param>
    /// <param name="isElsewhere">Whether the node is on another machine.</param>
    public ModuleSession(NodePaths paths, string module, IStage stage, Func<CmsClient> connect, bool isElsewhere)
    {
        (Module, _stage) = (module, stage);
        _reader = isElsewhere ? null : OpenSegment(paths, module);
        _client = _reader is null ? connect() : null;
        _committed = TakeSnapshot();
        _staging = Replay();
    }

    /// <summary>The module's name.</summary>
    public string Module { get; }

    /// <summary>Whether secrets are shown.</summary>
    public bool IsRevealed => _told is not null;

    /// <summary>What is committed.</summary>
    public IModuleView Committed => Show(_committed);

    /// <summary>What will be once the staged operations are committed.</summary>
    public IModuleView Staged => Show(_staging.State);

    /// <summary>The operations staged so far.</summary>
    public IReadOnlyList<ModuleOperation> Operations => [.. _stage.Operations, .. _pending];

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

    /// <summary>Has the daemon tell the committed secrets, which are shown from now on; who is not told is refused.</summary>
    public async Task RevealAsync(CmsClient client, CancellationToken cancellation) =>
        _told = await client.RevealAsync(Module, _committed.Revision.Value, cancellation);

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

    /// <summary>Keeps what was staged.</summary>
    public async Task SaveAsync(CancellationToken cancellation)
    {
        if (_pending.Count > 0)
        {
            await _stage.AppendAsync(_pending, cancellation);
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
            _stage.Replace(kept);
            _staging = Replay();
        }

        return all.Count - kept.Count;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _stage.Dispose();
        _reader?.Dispose();
    }

    // What others staged before is seen once nobody else can stage.
    private void Hold()
    {
        if (!_isHeld)
        {
            _stage.Hold();
            _isHeld = true;
            _staging = Replay();
        }
    }

    private IModuleView Show(IModuleView view) => _told is null ? view : new RevealedView(view, _told);

    private RedactedView TakeSnapshot()
    {
        if (_reader is null)
        {
            return new RedactedView(StoredModule.CopyOf(new ContentView(_client!.Get(Module, _stage.Ground?.Value))));
        }

        try
        {
            return new RedactedView(_stage.Ground is { } ground ? _reader.SnapshotAt(ground) : _reader.Snapshot());
        }
        catch (SnapshotTooOldException) when (_stage.Ground is not null)
        {
            throw TooOld();
        }
    }

    private RefusedException TooOld() => new(
        ErrorCode.Conflict,
        $"module {Module} has changed so often since the transaction began that its state of then is no longer in memory; commit or abort, and begin anew");

    private static SegmentReader? OpenSegment(NodePaths paths, string module)
    {
        try
        {
            return SegmentReader.Open(paths.SegmentOf(module));
        }
        catch (SegmentException missing) when (missing.Error == SegmentError.Missing)
        {
            throw Directory.Exists(paths.SegmentDirectory)
                ? new RefusedException(ErrorCode.NotFound, Text.Of("missing.module", module))
                : new RefusedException(ErrorCode.Unavailable, Text.Of("missing.node", paths.RunDirectory));
        }
        catch (SegmentException denied) when (denied.Error == SegmentError.Denied)
        {
            return null;
        }
    }

    private Staging Replay()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var staging = new Staging(_committed, EditLimits.Default);
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
        if (_stage.Ground is not null)
        {
            throw TooOld();
        }

        if (attempt >= MaxRefreshes)
        {
            throw new RefusedException(ErrorCode.Busy, Text.Of("busy.module", Module));
        }

        _committed = TakeSnapshot();
    }
}
