using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>Opens files as the C library does: unlike <see cref="FileStream"/>, without taking a lock of its own on them.</summary>
/// <remarks>Handles are closed on exec. Callers own the handles. Any thread.</remarks>
public static class RawFile
{
    private static readonly int[] OpenFlags =
        [LibC.ReadOnly | LibC.CloseOnExec, LibC.ReadWrite | LibC.CloseOnExec, LibC.ReadWrite | LibC.Create | LibC.CloseOnExec,
            LibC.ReadOnly | LibC.CloseOnExec | LibC.WithoutWaiting, LibC.ReadWrite | LibC.Create | LibC.Exclusive | LibC.CloseOnExec];

    /// <summary>Opens a file or directory for reading; null when it does not exist.</summary>
    /// <exception cref="IOException">The system refused for another reason.</exception>
    public static SafeFileHandle? TryOpenForReading(string path) => TryOpen(path, OpenFlags[0], 0);

    /// <summary>Opens a regular file for reading, without waiting for whoever feeds a pipe; null when it does not exist.</summary>
    /// <exception cref="IOException">It is no regular file, or the system refused for another reason.</exception>
    public static SafeFileHandle? TryOpenRegular(string path)
    {
        var file = TryOpen(path, OpenFlags[3], 0);
        if (file is null || FileStatus.Of(file).IsRegular)
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"{path} is no regular file");
    }

    /// <summary>Whether somebody has the file open for writing, so that what it holds may be half of what it will.</summary>
    /// <returns>Null when the system does not tell: it tells the file's owner and the superuser.</returns>
    public static bool? IsOpenForWriting(SafeFileHandle file) => LibC.IsOpenForWriting(file);

    /// <summary>Opens a file for reading and writing; null when it does not exist.</summary>
    /// <exception cref="IOException">The system refused for another reason.</exception>
    public static SafeFileHandle? TryOpenForWriting(string path) => TryOpen(path, OpenFlags[1], 0);

    /// <summary>Opens a file for reading and writing, and makes it when it does not exist.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="permissions">Of a file made here, less the process's umask.</param>
    /// <exception cref="IOException">The system refused.</exception>
    public static SafeFileHandle OpenOrCreate(string path, uint permissions) =>
        TryOpen(path, OpenFlags[2], permissions) ?? throw LibC.Fault("make", path);

    /// <summary>Makes a file that nobody but its owner can open at any moment, unless a group is to read it.</summary>
    /// <param name="path">The file, which must not exist; its directory exists.</param>
    /// <param name="group">The number of a Unix group whose members may read it; null for none.</param>
    /// <exception cref="UnauthorizedAccessException">This process may not give files to the group; no file is left.</exception>
    /// <exception cref="IOException">The system refused for another reason.</exception>
    public static SafeFileHandle CreatePrivate(string path, uint? group)
    {
        const uint OwnerOnly = 0x180;
        const uint GroupReads = 0x1a0;
        var file = TryOpen(path, OpenFlags[4], OwnerOnly) ?? throw LibC.Fault("make", path);

        // The bits come last: a file whose group is not yet set must not be open to another one. The mask may have taken some.
        if ((group is not { } number || LibC.ChangeOwner(file, uint.MaxValue, number) == 0) && LibC.ChangeMode(file, group is null ? OwnerOnly : GroupReads) == 0)
        {
            return file;
        }

        var fault = LibC.Fault("set the access of", path);
        file.Dispose();
        _ = LibC.Unlink(path);
        throw new UnauthorizedAccessException(fault.Message, fault);
    }

    /// <summary>The whole contents of an open file.</summary>
    public static byte[] ReadAll(SafeFileHandle file)
    {
        var contents = new byte[RandomAccess.GetLength(file)];
        var read = 0;
        while (true)
        {
            if (read == contents.Length)
            {
                var more = new byte[4096];
                var count = RandomAccess.Read(file, more, read);
                if (count == 0)
                {
                    return contents;
                }

                Array.Resize(ref contents, checked(contents.Length + count));
                more.AsSpan(0, count).CopyTo(contents.AsSpan(read));
                read += count;
                continue;
            }

            var piece = RandomAccess.Read(file, contents.AsSpan(read), read);
            if (piece == 0)
            {
                return contents[..read];
            }

            read += piece;
        }
    }

    /// <summary>Cuts an open file to no contents.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Empty(SafeFileHandle file, string path)
    {
        if (LibC.Truncate(file, 0) < 0)
        {
            throw LibC.Fault("truncate", path);
        }
    }

    /// <summary>Makes a directory; one that is there already is left as it is.</summary>
    /// <param name="path">The directory; the one above it exists.</param>
    /// <param name="permissions">Of a directory made here, less the umask.</param>
    /// <exception cref="IOException">The system refused.</exception>
    public static void MakeDirectory(string path, uint permissions)
    {
        if (LibC.MakeDirectory(path, permissions) < 0 && LibC.LastError() != LibC.Exists)
        {
            throw LibC.Fault("make the directory", path);
        }
    }

    private static SafeFileHandle? TryOpen(string path, int flags, uint permissions)
    {
        var descriptor = LibC.Open(path, flags, permissions);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return LibC.LastError() is LibC.NotFound or LibC.NotADirectory ? null : throw LibC.Fault("open", path);
    }
}
