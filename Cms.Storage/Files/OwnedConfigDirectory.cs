using Cms.Formats.Mapping;
using Cms.Formats.Uci;

namespace Cms.Storage.Files;

/// <summary>Keeps the ownership of the configuration directory, also of the one that takes its place when it is removed or replaced.</summary>
/// <remarks>
/// Whoever removes the directory takes the lock files along, and a watch of it hears nothing of the next one; so the directory above
/// is watched for the name. Dispose once.
/// </remarks>
public sealed class OwnedConfigDirectory : IDisposable
{
    private readonly string _directory;
    private readonly string _socketPath;
    private readonly Action _renewed;
    private readonly Action<string> _failed;
    private readonly Lock _lock = new();
    private readonly FileSystemWatcher? _above;
    private FileLock? _ownership;

    /// <summary>Goes on with an ownership.</summary>
    /// <param name="directory">The directory; it exists.</param>
    /// <param name="socketPath">Where the daemon can be reached.</param>
    /// <param name="ownership">From <see cref="ConfigDirectory.TryOwn"/>; disposed here.</param>
    /// <param name="renewed">Called, from any thread, when another directory is there and is owned.</param>
    /// <param name="failed">Told, from any thread, why another directory is not noticed or not owned.</param>
    public OwnedConfigDirectory(string directory, string socketPath, FileLock ownership, Action renewed, Action<string> failed)
    {
        (_directory, _socketPath, _ownership, _renewed, _failed) = (Path.TrimEndingDirectorySeparator(directory), socketPath, ownership, renewed, failed);
        if (Path.GetDirectoryName(_directory) is not { } above)
        {
            return;
        }

        _above = new FileSystemWatcher(above, Path.GetFileName(_directory)) { NotifyFilter = NotifyFilters.DirectoryName };
        _above.Created += (_, _) => Renew();
        _above.Renamed += (_, _) => Renew();
        try
        {
            _above.EnableRaisingEvents = true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            failed($"{above} cannot be watched: {refused.Message}");
        }
    }

    /// <summary>Lets go of the directory.</summary>
    public void Dispose()
    {
        _above?.Dispose();
        lock (_lock)
        {
            _ownership?.Dispose();
            _ownership = null;
        }
    }

    private void Renew()
    {
        try
        {
            lock (_lock)
            {
                if (_ownership is null || IsOwned(_ownership) || !Directory.Exists(_directory))
                {
                    return;
                }

                using var held = ConfigDirectory.HoldCommits(_directory);
                if (ConfigDirectory.TryOwn(_directory, _socketPath) is not { } ownership)
                {
                    _failed("another cmsd owns it");
                    return;
                }

                _ownership.Dispose();
                _ownership = ownership;
            }

            _renewed();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _failed(fault.Message);
        }
    }

    // The file that is locked cannot lend its number to another one.
    private bool IsOwned(FileLock ownership)
    {
        var ours = FileStatus.Of(ownership.Handle);
        return FileStatus.TryOf(Path.Combine(_directory, UciLockNames.Daemon)) is { } found && (found.Device, found.Inode) == (ours.Device, ours.Inode);
    }
}
