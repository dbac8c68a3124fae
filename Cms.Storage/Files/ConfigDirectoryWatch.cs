namespace Cms.Storage.Files;

/// <summary>Tells which module's file somebody touched, once the file has been quiet for a moment.</summary>
/// <remarks>Events may come twice or for our own writes; the listener compares hashes, so that does no harm.</remarks>
public sealed class ConfigDirectoryWatch : IDisposable
{
    // An editor that writes in place sends several events; half a file must not be taken in.
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(50);

    private readonly string _directory;
    private readonly Dictionary<string, ITimer> _pending = [];
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly Action<string> _touched;
    private readonly Action _overflowed;
    private FileSystemWatcher? _watcher;

    /// <summary>Starts watching.</summary>
    /// <param name="directory">Must exist.</param>
    /// <param name="clock">The time.</param>
    /// <param name="touched">Called with a module's name, from any thread.</param>
    /// <param name="overflowed">Called when events were lost, so that every file must be looked at.</param>
    public ConfigDirectoryWatch(string directory, TimeProvider clock, Action<string> touched, Action overflowed)
    {
        (_directory, _clock, _touched, _overflowed) = (directory, clock, touched, overflowed);
        _watcher = Watch();
    }

    /// <summary>Watches the directory that is there now; the one watched so far was removed or replaced.</summary>
    /// <exception cref="IOException">It cannot be watched.</exception>
    /// <exception cref="ArgumentException">It is gone.</exception>
    public void Renew()
    {
        FileSystemWatcher? old;
        lock (_lock)
        {
            if (_watcher is null)
            {
                return;
            }

            old = _watcher;
            _watcher = Watch();
        }

        old.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FileSystemWatcher? watcher;
        lock (_lock)
        {
            (watcher, _watcher) = (_watcher, null);
            foreach (var timer in _pending.Values)
            {
                timer.Dispose();
            }

            _pending.Clear();
        }

        watcher?.Dispose();
    }

    private FileSystemWatcher Watch()
    {
        var watcher = new FileSystemWatcher(_directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
        watcher.Created += (_, change) => Touch(change.Name);
        watcher.Changed += (_, change) => Touch(change.Name);
        watcher.Deleted += (_, change) => Touch(change.Name);
        watcher.Renamed += (_, change) => Touch(change.Name);
        watcher.Error += (_, _) => _overflowed();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void Touch(string? name)
    {
        if (name is null || !ConfigDirectory.IsModuleName(name))
        {
            return;
        }

        lock (_lock)
        {
            if (_pending.TryGetValue(name, out var timer))
            {
                timer.Change(QuietTime, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _pending.Add(name, _clock.CreateTimer(_ => Quiet(name), null, QuietTime, Timeout.InfiniteTimeSpan));
            }
        }
    }

    private void Quiet(string name)
    {
        lock (_lock)
        {
            if (_pending.Remove(name, out var timer))
            {
                timer.Dispose();
            }
        }

        _touched(name);
    }
}
