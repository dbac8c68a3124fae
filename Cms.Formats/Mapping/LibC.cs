using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>The calls to the C library that files and locks need, with Linux's constants.</summary>
internal static partial class LibC
{
    internal const int ReadOnly = 0;
    internal const int ReadWrite = 2;
    internal const int Create = 0x40;
    internal const int CloseOnExec = 0x80000;

    internal const int LockShared = 1;
    internal const int LockExclusive = 2;
    internal const int LockWithoutWaiting = 4;
    internal const int Unlock = 8;

    internal const int NotFound = 2;
    internal const int Interrupted = 4;
    internal const int WouldBlock = 11;
    internal const int NotADirectory = 20;

    internal const int StatusBasics = 0x7ff;
    internal const int StatusOfHandle = 0x1000;
    internal const int CurrentDirectory = -100;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkostemp", SetLastError = true)]
    internal static partial int OpenTemporary(Span<byte> template, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(SafeFileHandle file, long sizeBytes);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Status(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Status(SafeFileHandle file, string path, int flags, uint mask, Span<byte> status);

    /// <summary>The fault of the call just made on this thread, with the path and the system's words for it.</summary>
    internal static IOException Fault(string action, string path)
    {
        var number = Marshal.GetLastPInvokeError();
        var words = Marshal.GetPInvokeErrorMessage(number);
        return new IOException($"Cannot {action} {path}: {words} (errno {number}).", number);
    }

    /// <summary>Makes a call again for as long as a signal interrupts it.</summary>
    /// <returns>The result, negative with the last error when it failed.</returns>
    internal static int Repeat<TState>(TState state, Func<TState, int> call)
    {
        int result;
        do
        {
            result = call(state);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return result;
    }

    /// <summary>The error of the call just made on this thread.</summary>
    internal static int LastError() => Marshal.GetLastPInvokeError();
}
