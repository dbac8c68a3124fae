using System.Threading.Channels;
using Cms.Storage.Journals;

namespace Cms.Storage.Audit;

/// <summary>What the audit log does by itself: repeats written down each minute, rows signed that stayed unsigned, old rows archived.</summary>
/// <remarks>What fails is told and tried again at the next minute; commits never wait for it.</remarks>
internal sealed class AuditUpkeep : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly SqliteAuditLog _log;
    private readonly Action<string> _failed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _loop;
    private long _signed;
    private long _counted;

    public AuditUpkeep(SqliteAuditLog log, Action<string> failed)
    {
        (_log, _failed) = (log, failed);
        (_signed, _counted) = (Clock.GetTimestamp(), Clock.GetTimestamp());
        _timer = Clock.CreateTimer(_ => Want(), null, Interval, Interval);
        _loop = LoopAsync();
    }

    private TimeProvider Clock => _log.Options.Clock;

    /// <summary>Has it look at once.</summary>
    public void Want() => _wanted.Writer.TryWrite(true);

    /// <summary>Stops between two steps.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

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
            // The journal is being closed; what was counted is recorded there.
        }
    }

    private async Task RunAsync()
    {
        try
        {
            if (Clock.GetElapsedTime(_counted) >= Interval)
            {
                await _log.RecordCountedAsync();
                _counted = Clock.GetTimestamp();
            }

            if (Clock.GetElapsedTime(_signed) >= _log.Options.SignatureInterval)
            {
                await _log.SignAsync();
                _signed = Clock.GetTimestamp();
            }

            await _log.RotateAsync(_stopping.Token);
        }
        catch (Exception failure) when (failure is JournalException or IOException or UnauthorizedAccessException)
        {
            _failed(failure.Message);
        }
    }
}
