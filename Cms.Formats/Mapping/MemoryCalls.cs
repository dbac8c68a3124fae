using System.Runtime.InteropServices;

namespace Cms.Formats.Mapping;

/// <summary>The calls of the C library that mapped files need and that .NET does not offer.</summary>
internal static partial class MemoryCalls
{
    /// <summary>No room on the device; the number is the same on every Linux machine.</summary>
    public const int NoSpace = 28;

    /// <summary>The user's quota is used up.</summary>
    public const int QuotaExceeded = 122;

    /// <summary>The call was cut short by a signal.</summary>
    public const int Interrupted = 4;

    /// <summary>Pages may be read.</summary>
    public const int ProtectionRead = 1;

    /// <summary>Pages may be written.</summary>
    public const int ProtectionWrite = 2;

    /// <summary>Stores reach the file and every other mapping of it.</summary>
    public const int MapShared = 1;

    /// <summary>Stores reach nobody else.</summary>
    public const int MapPrivate = 2;

    /// <summary>The mapping is of no file; its bytes are zero.</summary>
    public const int MapAnonymous = 0x20;

    /// <summary>The pages are in no core dump.</summary>
    public const int AdviceDoNotDump = 16;

    /// <summary>No swap space is set aside for the mapping.</summary>
    public const int MapNoReserve = 0x4000;

    /// <summary>Wait while a 32-bit word holds a value.</summary>
    public const int FutexWait = 0;

    /// <summary>Wake those who wait at a word.</summary>
    public const int FutexWake = 1;

    /// <summary>Ask statx for the inode number.</summary>
    public const uint StatxInode = 0x100;

    /// <summary>The path given to statx is empty: the handle itself is meant.</summary>
    public const int AtEmptyPath = 0x1000;

    /// <summary>The number of the futex call on this machine.</summary>
    public static long FutexNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>The number of the statx call on this machine.</summary>
    public static long StatxNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 291 : 332;

    // The signatures are those of the machine, with nothing to convert, so that no generated code is needed around them.
    [LibraryImport("libc", EntryPoint = "mmap")]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "mlock")]
    internal static partial int LockPages(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    internal static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "prctl")]
    internal static partial int ControlProcess(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    internal static partial int Allocate(int file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "syscall")]
    internal static unsafe partial long Futex(long number, uint* word, int operation, uint value, TimeSpec* timeout, nint unused, int unusedToo);

    [LibraryImport("libc", EntryPoint = "syscall")]
    internal static unsafe partial long Statx(long number, int file, byte* path, int flags, uint mask, byte* result);

    /// <summary>A span of time as the kernel takes it on 64-bit machines.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        /// <summary>Whole seconds.</summary>
        public long Seconds;

        /// <summary>Nanoseconds beyond the seconds.</summary>
        public long Nanoseconds;
    }
}
