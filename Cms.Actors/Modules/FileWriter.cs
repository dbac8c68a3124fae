using System.Threading.Channels;
using Cms.Actors.Secrets;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Cms.Actors.Modules;

/// <summary>Writes a module's text file behind its commits: soon, one at a time, and seldom enough.</summary>
/// <remarks>
/// A write starts within the delay of the first commit it covers, or at once when somebody waits; after one
/// that took t the next starts no earlier than 9 t later unless somebody waits, so that writing uses a tenth of
/// the time. It reads a snapshot of its own, beside the actor. A failed write is reported and tried again.
/// </remarks>
internal sealed class FileWriter : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly ModuleFile _file;
    private readonly string _segmentPath;
    private readonly ModuleKeys _keys;
    private readonly TimeSpan _delay;
    private readonly TimeProvider _clock;
    private readonly Action _takeIn;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<(Revision Revision, TaskCompletionSource Done)> _waiters = [];
    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _loop;
    private TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="file">The file to write.</param>
    /// <param name="segmentPath">Where the state is read from.</param>
    /// <param name="keys">Says which secrets are plain in the file.</param>
    /// <param name="delay">How long a commit may wait for others.</param>
    /// <param name="clock">The time.</param>
    /// <param name="takeIn">Called when the file was found edited by hand; the actor takes the edit in and asks again.</param>
    /// <param name="log">Where failures are told.</param>
    public FileWriter(ModuleFile file, string segmentPath, ModuleKeys keys, TimeSpan delay, TimeProvider clock, Action takeIn, ILogger log)
    {
        (_file, _segmentPath, _keys, _delay, _clock, _takeIn, _log) = (file, segmentPath, keys, delay, clock, takeIn, log);
        _loop = LoopAsync();
    }

    /// <summary>Why the last write failed, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>Says that the module has a state that the file lacks.</summary>
    public void Notify() => _wanted.Writer.TryWrite(true);

    /// <summary>Writes now if need be.</summary>
    /// <returns>Completes when the file on disk holds this revision; faults when it cannot be written now, is cancelled when the writer is stopped before.</returns>
    public Task WaitAsync(Revision revision)
    {
        lock (_lock)
        {
            if (_file.Written >= revision)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((revision, waiter));
            _hurry.TrySetResult();
            Notify();
            return waiter.Task;
        }
    }

    /// <summary>Tells everybody who waits that the file cannot be written as things are.</summary>
    public void Fail(string problem) => Fail(new IOException(problem));

    /// <summary>Writes what is still missing, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _loop;
        await WriteOnceAsync(CancellationToken.None);
        lock (_lock)
        {
            _waiters.ForEach(waiter => waiter.Done.TrySetCanceled());
        }

        _stopping.Dispose();
    }

    // At once and on this thread: what it wakes goes on where it was begun.
    private void Stop() => _stopping.Cancel();

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                await _wanted.Reader.ReadAsync(_stopping.Token);
                await PauseAsync(_delay, mayHurry: true);
                var start = _clock.GetTimestamp();
                var isWritten = await WriteOnceAsync(_stopping.Token);
                if (!isWritten)
                {
                    Notify();
                }

                await PauseAsync(isWritten ? _clock.GetElapsedTime(start) * 9 : RetryDelay, mayHurry: isWritten);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The writer is being disposed; what is missing is written there.
        }
    }

    /// <returns>False when the file is still to be written.</returns>
    private async Task<bool> WriteOnceAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            using var reader = SegmentReader.Open(_segmentPath);
            var view = _keys.ForFile(reader.Snapshot());
            if (view.Revision > _file.Written && !await _file.TryWriteAsync(view, isPrivate: view is UnsealingView, cancellation))
            {
                _takeIn();
                return false;
            }

            Complete(_file.Written);
            Failure = null;
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        // Whatever fails here, commits go on, the status says so, and the write is tried again.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.FileNotWritten(_log, _file.Path, failure.Message);
            Failure = failure.Message;
            Fail(failure);
            return false;
        }
    }

    private void Complete(Revision written)
    {
        lock (_lock)
        {
            foreach (var (_, done) in _waiters.Where(waiter => waiter.Revision <= written))
            {
                done.TrySetResult();
            }

            _waiters.RemoveAll(waiter => waiter.Revision <= written);
        }
    }

    private void Fail(Exception failure)
    {
        lock (_lock)
        {
            _waiters.ForEach(waiter => waiter.Done.TrySetException(failure));
            _waiters.Clear();
        }
    }

    private async Task PauseAsync(TimeSpan pause, bool mayHurry)
    {
        Task hurry;
        lock (_lock)
        {
            hurry = !mayHurry ? Task.Delay(Timeout.InfiniteTimeSpan, _stopping.Token) : _waiters.Count > 0 ? Task.CompletedTask : _hurry.Task;
        }

        await Task.WhenAny(FollowAsync(hurry), FollowAsync(Task.Delay(pause, _clock, _stopping.Token)));
        _stopping.Token.ThrowIfCancellationRequested();
    }

    // WhenAny notices on the thread pool what asks for that; an await does so where it was begun.
    private static async Task FollowAsync(Task task) => await task;
}
