using System.Threading.Channels;
using Cms.Actors.Secrets;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Keeps a module's part of the journal in order: secrets of the past sealed, snapshots when they are due, and then commits let go that are not kept.</summary>
/// <remarks>
/// It works beside the actor, on a reader of its own, and never stops commits. What fails is told in the log and tried
/// again at the next occasion; nothing depends on it but the time that the next cold start takes and the room on the disk.
/// </remarks>
internal sealed class JournalUpkeep : IAsyncDisposable
{
    private const int AttemptsOnSegment = 3;
    private static readonly TimeSpan AgeCheckInterval = TimeSpan.FromHours(1);

    private readonly ModuleContext _context;
    private readonly ISnapshotStore _snapshots;
    private readonly IHistoryRetention? _retention;
    private volatile ModuleSchema? _schema;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _ageCheck;
    private readonly Task _loop;

    private JournalUpkeep(ModuleContext context, ISnapshotStore snapshots)
    {
        (_context, _snapshots, _retention) = (context, snapshots, context.Journal.Retention);
        _ageCheck = context.Clock.CreateTimer(_ => _wanted.Writer.TryWrite(true), null, AgeCheckInterval, AgeCheckInterval);
        _loop = LoopAsync();
    }

    /// <summary>The upkeep of a module whose journal has snapshots; null when it has none.</summary>
    public static JournalUpkeep? TryStart(ModuleContext context) =>
        context.Journal.Snapshots is { } snapshots ? new JournalUpkeep(context, snapshots) : null;

    /// <summary>Says that commits were made, or that the module was opened.</summary>
    /// <param name="schema">The schema that holds, or null.</param>
    public void Notify(ModuleSchema? schema)
    {
        var isNew = schema is not null && !ReferenceEquals(schema, _schema);
        _schema = schema;
        if (_snapshots.IsDue(_context.Module) || (isNew && HistorySealing.IsDue(_context, schema)))
        {
            _wanted.Writer.TryWrite(true);
        }
    }

    /// <summary>Stops between two steps.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ageCheck.DisposeAsync();
        Stop();
        await _loop;
        _stopping.Dispose();
    }

    // At once and on this thread: what it wakes goes on where it was begun.
    private void Stop() => _stopping.Cancel();

    private async Task LoopAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await _wanted.Reader.ReadAsync(_stopping.Token);
                await RunAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The module is being closed; what is due is done after the next opening.
        }
    }

    private async Task RunAsync()
    {
        await TryAsync(SealHistoryAsync);
        await TryAsync(ShortenAsync);
    }

    private async Task SealHistoryAsync()
    {
        if (_schema is { } schema && HistorySealing.IsDue(_context, schema))
        {
            await new HistorySealing(_context, _context.Journal.Sealing!).RunAsync(schema, _stopping.Token);
        }
    }

    private async Task ShortenAsync()
    {
        if (_snapshots.IsDue(_context.Module) || IsTooOldWithoutSnapshot())
        {
            await TakeSnapshotAsync();
        }

        if (_retention is not null)
        {
            await _retention.RemoveAsync(_context.Module, LastToGo(), _stopping.Token);
        }
    }

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception failure) when (failure is JournalException or SegmentException or SnapshotTooOldException or IOException or RefusedException)
        {
            Log.UpkeepFailed(_context.Logger, _context.Module.ToString(), failure.Message);
        }
    }

    private async Task TakeSnapshotAsync()
    {
        for (var attempt = 1; attempt <= AttemptsOnSegment; attempt++)
        {
            try
            {
                using var reader = SegmentReader.Open(_context.SegmentPath);
                await WriteAsync(reader.Snapshot());
                return;
            }
            catch (SnapshotTooOldException)
            {
                // Commits came faster than the segment was read.
            }
        }

        await WriteAsync(JournaledState.At(_context.Journal, _context.Module, _context.Journal.LastRevision(_context.Module)));
    }

    private async Task WriteAsync(IModuleView state)
    {
        await _snapshots.WriteAsync(_context.Module, state, _stopping.Token);
        Log.SnapshotTaken(_context.Logger, _context.Module.ToString(), state.Revision.Value);
    }

    // Two snapshots are needed before a commit goes, so that one damage takes nothing.
    private bool IsTooOldWithoutSnapshot()
    {
        if (_context.Options.HistoryDays == 0 || _retention is null)
        {
            return false;
        }

        var aged = _retention.NewestBefore(_context.Module, OldestTime() - TimeSpan.FromDays(1));
        return aged > _retention.RemovedUpTo(_context.Module)
            && (_snapshots.List(_context.Module) is not [var newest, ..] || newest < _context.Journal.LastRevision(_context.Module));
    }

    private Revision LastToGo()
    {
        var byCount = new Revision(Math.Max(0, _context.Journal.LastRevision(_context.Module).Value - _context.Options.HistoryCount));
        var byAge = _context.Options.HistoryDays == 0 ? Revision.None : _retention!.NewestBefore(_context.Module, OldestTime());
        var toGo = byAge > byCount ? byAge : byCount;

        // What may have to be rolled back needs the state before it.
        toGo = _context.Journal.Confirmations?.NeededState(_context.Module) is { } needed && needed < toGo ? needed : toGo;

        // A text file that is behind is merged on the state that it was written from.
        return _context.Journal.FindFile(_context.Module) is { } file && file.Written < toGo ? file.Written : toGo;
    }

    private DateTimeOffset OldestTime() => _context.Clock.GetUtcNow() - TimeSpan.FromDays(_context.Options.HistoryDays);
}
