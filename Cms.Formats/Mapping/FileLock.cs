using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>An advisory lock on a whole file or directory (flock), held until disposed or until the process ends in any way.</summary>
/// <remarks>
/// Invariant: the lock belongs to the open file, so two locks taken in one process exclude each other like those of two processes.
/// The file itself is never removed: whoever waits holds the same file. Dispose once, from any thread.
/// </remarks>
public sealed class FileLock : IDisposable
{
    private readonly bool _ownsHandle;

    private FileLock(SafeFileHandle handle, bool ownsHandle)
    {
        Handle = handle;
        _ownsHandle = ownsHandle;
    }

    /// <summary>The locked file, for reading and writing it under the lock; open as long as the lock is held.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Waits for the lock on a file, which is made when it does not exist.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="isExclusive">False lets others share the lock.</param>
    /// <param name="permissions">Of a file made here, less the umask; 0600 by default.</param>
    /// <exception cref="IOException">The file cannot be opened or locked.</exception>
    public static FileLock Take(string path, bool isExclusive, uint permissions = 0x180)
    {
        var handle = RawFile.OpenOrCreate(path, permissions);
        return new FileLock(Wait(handle, isExclusive, path), ownsHandle: true);
    }

    /// <summary>Waits for the lock on a file or directory that has to exist; null when it does not.</summary>
    /// <exception cref="IOException">The file cannot be opened or locked.</exception>
    public static FileLock? TakeExisting(string path, bool isExclusive)
    {
        var handle = isExclusive && !Directory.Exists(path) ? RawFile.TryOpenForWriting(path) : RawFile.TryOpenForReading(path);
        return handle is null ? null : new FileLock(Wait(handle, isExclusive, path), ownsHandle: true);
    }

    /// <summary>Waits for the lock on an open file, which stays the caller's to close.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static FileLock Take(SafeFileHandle file, bool isExclusive) => new(Wait(file, isExclusive, "an open file"), ownsHandle: false);

    /// <summary>Takes the lock on an open file, which stays the caller's to close, if nobody stands in the way.</summary>
    /// <returns>Null when somebody does.</returns>
    /// <exception cref="IOException">The system refused.</exception>
    public static FileLock? TryTake(SafeFileHandle file, bool isExclusive) =>
        TryLock(file, isExclusive, "an open file") ? new FileLock(file, ownsHandle: false) : null;

    /// <summary>Takes the lock on a file, which is made when it does not exist, if nobody stands in the way.</summary>
    /// <returns>Null when somebody does.</returns>
    /// <exception cref="IOException">The file cannot be opened or locked.</exception>
    public static FileLock? TryTake(string path, bool isExclusive, uint permissions = 0x180)
    {
        var handle = RawFile.OpenOrCreate(path, permissions);
        if (TryLock(handle, isExclusive, path))
        {
            return new FileLock(handle, ownsHandle: true);
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose()
    {
        if (_ownsHandle)
        {
            Handle.Dispose();
        }
        else if (!Handle.IsClosed)
        {
            _ = LibC.Lock(Handle, LibC.Unlock);
        }
    }

    private static SafeFileHandle Wait(SafeFileHandle file, bool isExclusive, string path)
    {
        return LibC.Lock(file, OperationFor(isExclusive)) == 0 ? file : throw LibC.Fault("lock", path);
    }

    private static bool TryLock(SafeFileHandle file, bool isExclusive, string path)
    {
        return LibC.Lock(file, OperationFor(isExclusive) | LibC.LockWithoutWaiting) == 0 || (LibC.LastError() == LibC.WouldBlock ? false : throw LibC.Fault("lock", path));
    }

    private static int OperationFor(bool isExclusive) => isExclusive ? LibC.LockExclusive : LibC.LockShared;
}
