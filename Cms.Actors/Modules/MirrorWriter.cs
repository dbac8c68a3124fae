using System.Threading.Channels;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Storage.Mirrors;

namespace Cms.Actors.Modules;

/// <summary>Keeps the SQLite database that a module's schema asks for (<c>db_path</c>) behind its commits.</summary>
/// <remarks>As the text file it follows soon and uses at most a tenth of the time. It reads a snapshot of its own, beside the actor.</remarks>
internal sealed class MirrorWriter(ModuleContext context) : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task? _loop;
    private volatile string? _path;
    private (string? Path, Revision Revision) _written;

    /// <summary>Why the database is not as the module is, or null; any thread may ask.</summary>
    public string? Problem { get; private set; }

    /// <summary>Says where the database is to be from now on; null for nowhere. What was written elsewhere stays there.</summary>
    public void Follow(string? path)
    {
        if (path == _path)
        {
            return;
        }

        _path = path;
        Problem = null;
        _loop ??= LoopAsync();
        Notify();
    }

    /// <summary>Says that the module has changed.</summary>
    public void Notify() => _wanted.Writer.TryWrite(true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await (_loop ?? Task.CompletedTask);
        WriteOnce();
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
                await Task.Delay(Delay, context.Clock, _stopping.Token);
                var start = context.Clock.GetTimestamp();
                var isWritten = WriteOnce();
                if (!isWritten)
                {
                    Notify();
                }

                await Task.Delay(isWritten ? context.Clock.GetElapsedTime(start) * 9 : RetryDelay, context.Clock, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What is missing is written when it is disposed.
        }
    }

    private bool WriteOnce()
    {
        if (_path is not { } path)
        {
            return true;
        }

        try
        {
            using var reader = SegmentReader.Open(context.SegmentPath);
            var view = reader.Snapshot();
            if (_written != (path, view.Revision))
            {
                SqliteMirror.Write(path, context.Module.Name, view);
                _written = (path, view.Revision);
            }

            Problem = null;
            return true;
        }
        // Whatever fails here, commits go on, the status says so, and the write is tried again.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Problem = $"the database of db_path is not written: {failure.Message}";
            return false;
        }
    }
}
