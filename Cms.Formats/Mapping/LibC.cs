using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>The calls of the C library that files and locks need, with Linux's constants.</summary>
/// <remarks>
/// The imported signatures are those of the machine, with nothing to convert, so that no generated code is needed around them; the
/// methods that others call take paths and handles. Each returns what the call returned: negative for an error, which
/// <see cref="LastError"/> names until the next call on this thread. Calls cut short by a signal are made again.
/// </remarks>
internal static partial class LibC
{
    internal const int ReadOnly = 0;
    internal const int ReadWrite = 2;
    internal const int Create = 0x40;
    internal const int Exclusive = 0x80;
    internal const int CloseOnExec = 0x80000;
    internal const int WithoutWaiting = 0x800;

    internal const int LockShared = 1;
    internal const int LockExclusive = 2;
    internal const int LockWithoutWaiting = 4;
    internal const int Unlock = 8;

    internal const int NotFound = 2;
    internal const int WouldBlock = 11;
    internal const int Exists = 17;
    internal const int NotADirectory = 20;
    internal const int InvalidArgument = 22;

    private const int Interrupted = 4;
    private const uint StatusBasics = 0x7ff;
    private const int StatusOfHandle = 0x1000;
    private const int CurrentDirectory = -100;
    private const uint RenameWithoutReplacing = 1;
    private const uint RenameExchange = 2;
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int ReadLock = 0;
    private const int NoLock = 2;

    // SIGURG, which nobody hears unless he asks for it.
    private const int IgnoredSignal = 23;

    /// <summary>The time since the machine was started, the time that it slept included.</summary>
    internal static unsafe TimeSpan TimeSinceBoot()
    {
        const int BootTime = 7;
        const long NanosecondsPerTick = 100;

        // struct timespec: seconds and nanoseconds, 64 bits each. The call fails only for a clock that is not there.
        var time = stackalloc long[2];
        return ClockTime(BootTime, time) == 0
            ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / NanosecondsPerTick)
            : throw Fault("read", "the boot clock");
    }

    /// <summary>The number of the error of the last call on this thread.</summary>
    internal static int LastError() => Marshal.GetLastSystemError();

    /// <summary>The fault of the last call on this thread, with the path and the system's words for it.</summary>
    internal static IOException Fault(string action, string path)
    {
        var number = LastError();
        return new IOException($"Cannot {action} {path}: {Marshal.GetPInvokeErrorMessage(number)} (errno {number}).", new Win32Exception(number));
    }

    internal static unsafe int Open(string path, int flags, uint mode)
    {
        int result;
        fixed (byte* bytes = Terminated(path))
        {
            do
            {
                result = Open(bytes, flags, mode);
            }
            while (result < 0 && LastError() == Interrupted);
        }

        return result;
    }

    /// <param name="template">Ends in XXXXXX and a zero; the letters become those of the file made.</param>
    internal static unsafe int OpenTemporary(byte[] template)
    {
        fixed (byte* bytes = template)
        {
            return OpenTemporary(bytes, CloseOnExec);
        }
    }

    internal static int Lock(SafeFileHandle file, int operation)
    {
        int result;
        do
        {
            result = Lock(DescriptorOf(file), operation);
        }
        while (result < 0 && LastError() == Interrupted);

        GC.KeepAlive(file);
        return result;
    }

    internal static int Sync(SafeFileHandle file)
    {
        int result;
        do
        {
            result = Sync(DescriptorOf(file));
        }
        while (result < 0 && LastError() == Interrupted);

        GC.KeepAlive(file);
        return result;
    }

    internal static int SyncData(SafeFileHandle file)
    {
        int result;
        do
        {
            result = SyncData(DescriptorOf(file));
        }
        while (result < 0 && LastError() == Interrupted);

        GC.KeepAlive(file);
        return result;
    }

    internal static int Truncate(SafeFileHandle file, long sizeBytes)
    {
        int result;
        do
        {
            result = Truncate(DescriptorOf(file), sizeBytes);
        }
        while (result < 0 && LastError() == Interrupted);

        GC.KeepAlive(file);
        return result;
    }

    internal static int ChangeMode(SafeFileHandle file, uint mode) => ChangeMode(DescriptorOf(file), mode);

    internal static int ChangeOwner(SafeFileHandle file, uint user, uint group) => ChangeOwner(DescriptorOf(file), user, group);

    internal static unsafe int Rename(string from, string to)
    {
        fixed (byte* fromBytes = Terminated(from), toBytes = Terminated(to))
        {
            return Rename(fromBytes, toBytes);
        }
    }

    /// <summary>Swaps two existing files in one step (renameat2(2), RENAME_EXCHANGE).</summary>
    internal static unsafe int Exchange(string left, string right)
    {
        fixed (byte* leftBytes = Terminated(left), rightBytes = Terminated(right))
        {
            return Rename(CurrentDirectory, leftBytes, CurrentDirectory, rightBytes, RenameExchange);
        }
    }

    /// <summary>Renames a file unless the new name is taken (renameat2(2), RENAME_NOREPLACE).</summary>
    internal static unsafe int RenameToFree(string from, string to)
    {
        fixed (byte* fromBytes = Terminated(from), toBytes = Terminated(to))
        {
            return Rename(CurrentDirectory, fromBytes, CurrentDirectory, toBytes, RenameWithoutReplacing);
        }
    }

    internal static unsafe int MakeDirectory(string path, uint mode)
    {
        fixed (byte* bytes = Terminated(path))
        {
            return MakeDirectory(bytes, mode);
        }
    }

    internal static unsafe int Unlink(string path)
    {
        fixed (byte* bytes = Terminated(path))
        {
            return Unlink(bytes);
        }
    }

    /// <param name="file">The file to examine, or null to examine what the path leads to.</param>
    /// <param name="path">Empty when a file is given.</param>
    /// <param name="status">At least 256 bytes, filled with a struct statx.</param>
    internal static unsafe int Status(SafeFileHandle? file, string path, Span<byte> status)
    {
        fixed (byte* bytes = Terminated(path), target = status)
        {
            var result = file is null
                ? Status(CurrentDirectory, bytes, 0, StatusBasics, target)
                : Status(DescriptorOf(file), bytes, StatusOfHandle, StatusBasics, target);
            GC.KeepAlive(file);
            return result;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    private static int DescriptorOf(SafeFileHandle file) => (int)file.DangerousGetHandle();

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>Whether another open file description may write to a file; null when the system does not say.</summary>
    /// <remarks>
    /// A read lease is granted only while nobody has the file open for writing (fcntl(2), F_SETLEASE). Should somebody open it while
    /// the lease is held, the kernel makes him wait until it is given back, and sends the signal set here, which is ignored.
    /// </remarks>
    internal static bool? IsOpenForWriting(SafeFileHandle file)
    {
        var descriptor = DescriptorOf(file);
        _ = Control(descriptor, SetSignal, IgnoredSignal);
        if (Control(descriptor, SetLease, ReadLock) >= 0)
        {
            _ = Control(descriptor, SetLease, NoLock);
            return false;
        }

        return LastError() == WouldBlock ? true : null;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open")]
    private static unsafe partial int Open(byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkostemp")]
    private static unsafe partial int OpenTemporary(byte* template, int flags);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Lock(int file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "fdatasync")]
    private static partial int SyncData(int file);

    [LibraryImport("libc", EntryPoint = "ftruncate")]
    private static partial int Truncate(int file, long sizeBytes);

    [LibraryImport("libc", EntryPoint = "fchmod")]
    private static partial int ChangeMode(int file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(int file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "rename")]
    private static unsafe partial int Rename(byte* from, byte* to);

    [LibraryImport("libc", EntryPoint = "renameat2")]
    private static unsafe partial int Rename(int fromDirectory, byte* from, int toDirectory, byte* to, uint flags);

    [LibraryImport("libc", EntryPoint = "mkdir")]
    private static unsafe partial int MakeDirectory(byte* path, uint mode);

    [LibraryImport("libc", EntryPoint = "unlink")]
    private static unsafe partial int Unlink(byte* path);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static unsafe partial int Status(int directory, byte* path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int ClockTime(int clock, long* time);
}
