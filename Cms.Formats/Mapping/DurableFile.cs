using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>Replaces files so that after a crash or power loss there is either the old text or the new one, whole.</summary>
/// <remarks>
/// Invariant: the path always leads to a complete file. The new text is written under a temporary name beside the old file, made
/// durable, and renamed over it. Callers exclude each other with a lock of their own. A file that others may have written is
/// never removed, wherever it got to, unless the caller said that it may go.
/// </remarks>
public static class DurableFile
{
    private const uint DefaultPermissions = 0x180;

    /// <summary>Writes a file anew; when this returns, the new text is on disk.</summary>
    /// <param name="path">A symbolic link is followed and stays; the directory exists.</param>
    /// <param name="write">Writes the whole text; what it throws leaves the old file untouched.</param>
    /// <param name="permissions">
    /// Of the new file; null keeps those of the file replaced, or takes 0600 when there is none. The owner is kept when the process
    /// may give files away.
    /// </param>
    /// <exception cref="IOException">
    /// Nothing was replaced, unless syncing the directory failed: then the new text is in place but may not survive power loss.
    /// </exception>
    public static void Replace(string path, Action<Stream> write, uint? permissions = null) => Replace(path, write, permissions, Rename);

    /// <summary>As <see cref="Replace(string, Action{Stream}, uint?)"/>, but only if the file replaced is one that may go.</summary>
    /// <param name="path">A symbolic link is followed and stays; the directory exists.</param>
    /// <param name="write">Writes the whole text; what it throws leaves the old file untouched.</param>
    /// <param name="mayGo">
    /// Asked with the path of the old file after the two changed places in one step, so that no change of it is missed, however late
    /// it came. Not asked when there was no file.
    /// </param>
    /// <param name="permissions">As for <see cref="Replace(string, Action{Stream}, uint?)"/>.</param>
    /// <returns>False when the old file was put back, or another file came where there was none.</returns>
    /// <exception cref="IOException">
    /// As for <see cref="Replace(string, Action{Stream}, uint?)"/>. When others changed the path meanwhile, so that the old file could
    /// not be put back or another one was displaced, that file is kept and the message names it.
    /// </exception>
    public static bool TryReplace(string path, Action<Stream> write, Func<string, bool> mayGo, uint? permissions = null) =>
        Replace(path, write, permissions, (file, temporary, target) => Exchange(file, temporary, target, mayGo));

    /// <summary>Makes a file durable that somebody else wrote, with its name; not all editors do.</summary>
    /// <param name="path">A symbolic link is followed; a file that is gone is none to be made durable.</param>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Persist(string path)
    {
        using var file = RawFile.TryOpenRegular(path);
        if (file is null)
        {
            return;
        }

        if (LibC.Sync(file) < 0)
        {
            throw LibC.Fault("sync", path);
        }

        SyncDirectory(Path.GetDirectoryName(Resolve(path))!);
    }

    private static string Resolve(string path)
    {
        var link = new FileInfo(path);
        return link.LinkTarget is null ? link.FullName : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static bool Replace(string path, Action<Stream> write, uint? permissions, Func<SafeFileHandle, string, string, bool> place)
    {
        var target = Resolve(path);
        var directory = Path.GetDirectoryName(target)!;
        var old = FileStatus.TryOf(target);
        using var file = CreateTemporary(directory, Path.GetFileName(target), out var temporary);
        try
        {
            Fill(file, temporary, write);
            Adopt(file, temporary, old, permissions);
            if (LibC.Sync(file) < 0)
            {
                throw LibC.Fault("sync", temporary);
            }
        }
        catch
        {
            _ = LibC.Unlink(temporary);
            throw;
        }

        // From here on the temporary name may lead to a file of somebody else.
        var isReplaced = place(file, temporary, target);
        SyncDirectory(directory);
        return isReplaced;
    }

    private static bool Rename(SafeFileHandle file, string temporary, string target)
    {
        if (LibC.Rename(temporary, target) >= 0)
        {
            return true;
        }

        var fault = LibC.Fault("rename a temporary file to", target);
        _ = LibC.Unlink(temporary);
        throw fault;
    }

    private static bool Exchange(SafeFileHandle file, string temporary, string target, Func<string, bool> mayGo)
    {
        if (LibC.Exchange(temporary, target) >= 0)
        {
            return Judge(file, temporary, target, mayGo);
        }

        switch (LibC.LastError())
        {
            case LibC.NotFound:
                return PlaceNew(file, temporary, target);
            case LibC.InvalidArgument:
                return PlaceWithoutSwap(file, temporary, target, mayGo);
            default:
                var fault = LibC.Fault("swap a temporary file with", target);
                _ = LibC.Unlink(temporary);
                throw fault;
        }
    }

    /// <summary>Gives a temporary file its name unless something has that name by now.</summary>
    /// <returns>False when something has; the temporary file is gone.</returns>
    internal static bool PlaceNew(SafeFileHandle file, string temporary, string target)
    {
        if (LibC.RenameToFree(temporary, target) >= 0)
        {
            return true;
        }

        switch (LibC.LastError())
        {
            case LibC.Exists:
                _ = LibC.Unlink(temporary);
                return false;
            case LibC.InvalidArgument:
                return PlaceWithoutSwap(file, temporary, target, _ => false);
            default:
                var fault = LibC.Fault("rename a temporary file to", target);
                _ = LibC.Unlink(temporary);
                throw fault;
        }
    }

    // The file system cannot swap; then the moment between look and rename stays.
    private static bool PlaceWithoutSwap(SafeFileHandle file, string temporary, string target, Func<string, bool> mayGo)
    {
        var isAllowed = false;
        try
        {
            isAllowed = !File.Exists(target) || mayGo(target);
        }
        finally
        {
            if (!isAllowed)
            {
                _ = LibC.Unlink(temporary);
            }
        }

        return isAllowed && Rename(file, temporary, target);
    }

    // The temporary name leads to the old file now.
    private static bool Judge(SafeFileHandle file, string temporary, string target, Func<string, bool> mayGo)
    {
        var isReplaced = false;
        try
        {
            isReplaced = mayGo(temporary);
        }
        finally
        {
            if (!isReplaced)
            {
                PutBack(file, temporary, target);
            }
        }

        if (isReplaced)
        {
            _ = LibC.Unlink(temporary);
        }

        return isReplaced;
    }

    private static void PutBack(SafeFileHandle file, string temporary, string target)
    {
        if (LibC.Exchange(temporary, target) < 0)
        {
            throw LibC.Fault($"put back {target}, whose text is kept in", temporary);
        }

        var ours = FileStatus.Of(file);
        if (FileStatus.TryOf(temporary) is not { } found || (found.Device, found.Inode) != (ours.Device, ours.Inode))
        {
            throw new IOException($"{target} was changed twice while it was written; the later text is kept in {temporary}.");
        }

        _ = LibC.Unlink(temporary);
    }

    /// <summary>Makes names in a directory durable: files made, renamed or removed in it.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void SyncDirectory(string path)
    {
        using var directory = RawFile.TryOpenForReading(path) ?? throw LibC.Fault("open", path);
        if (LibC.Sync(directory) < 0)
        {
            throw LibC.Fault("sync", path);
        }
    }

    private static SafeFileHandle CreateTemporary(string directory, string name, out string path)
    {
        var template = Encoding.UTF8.GetBytes(Path.Join(directory, $".{name}.uci-XXXXXX\0"));
        var descriptor = LibC.OpenTemporary(template);
        if (descriptor < 0)
        {
            throw LibC.Fault("make a temporary file in", directory);
        }

        path = Encoding.UTF8.GetString(template.AsSpan()[..^1]);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    // The stream gets a handle that does not own the descriptor, which has to stay open until it is synced.
    private static void Fill(SafeFileHandle file, string path, Action<Stream> write)
    {
        using var view = new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false);
        using var stream = new FileStream(view, FileAccess.Write, 0);
        try
        {
            write(stream);
        }
        catch (IOException fault)
        {
            throw new IOException($"Cannot write {path}: {fault.Message}", fault);
        }
    }

    private static void Adopt(SafeFileHandle file, string path, FileStatus? old, uint? permissions)
    {
        if (old is { } replaced && LibC.EffectiveUser() == 0 && LibC.ChangeOwner(file, replaced.User, replaced.Group) < 0)
        {
            throw LibC.Fault("change the owner of", path);
        }

        if (LibC.ChangeMode(file, permissions ?? old?.Permissions ?? DefaultPermissions) < 0)
        {
            throw LibC.Fault("change the mode of", path);
        }
    }
}
