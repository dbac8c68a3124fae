using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>What the file system knows of a file; two equal ones are the same file with, very probably, the same contents.</summary>
/// <remarks>
/// File systems stamp changes with the kernel's tick, a few milliseconds: a change in place that keeps the size can go unnoticed
/// when it falls into the tick of the one before. Appending, truncating and replacing never do.
/// </remarks>
/// <param name="Device">The device, major number in the upper half.</param>
/// <param name="Inode">The file's number on its device.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ModifiedNanoseconds">When its contents changed last, since 1970.</param>
/// <param name="ChangedNanoseconds">When its contents, name, owner or mode changed last, since 1970.</param>
/// <param name="Mode">The type and permission bits.</param>
/// <param name="User">The owning user.</param>
/// <param name="Group">The owning group.</param>
public readonly record struct FileStatus(
    ulong Device, ulong Inode, long SizeBytes, long ModifiedNanoseconds, long ChangedNanoseconds, uint Mode, uint User, uint Group)
{
    private const uint TypeMask = 0xf000;
    private const uint RegularType = 0x8000;
    private const uint DirectoryType = 0x4000;
    private const int StatusSizeBytes = 256;

    /// <summary>Whether it is an ordinary file.</summary>
    public bool IsRegular => (Mode & TypeMask) == RegularType;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    /// <summary>The permission bits alone.</summary>
    public uint Permissions => Mode & ~TypeMask;

    /// <summary>The status of an open file.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static FileStatus Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StatusSizeBytes];
        return LibC.Status(file, string.Empty, status) == 0
            ? Decode(status)
            : throw LibC.Fault("examine", "an open file");
    }

    /// <summary>The status of what a path leads to, symbolic links followed; null when there is nothing.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static FileStatus? TryOf(string path)
    {
        Span<byte> status = stackalloc byte[StatusSizeBytes];
        if (LibC.Status(null, path, status) == 0)
        {
            return Decode(status);
        }

        return LibC.LastError() is LibC.NotFound or LibC.NotADirectory ? null : throw LibC.Fault("examine", path);
    }

    // The layout of struct statx is the same on every architecture.
    private static FileStatus Decode(ReadOnlySpan<byte> status) => new(
        ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[136..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(status[140..]),
        BinaryPrimitives.ReadUInt64LittleEndian(status[32..]),
        BinaryPrimitives.ReadInt64LittleEndian(status[40..]),
        Nanoseconds(status[112..]),
        Nanoseconds(status[96..]),
        BinaryPrimitives.ReadUInt16LittleEndian(status[28..]),
        BinaryPrimitives.ReadUInt32LittleEndian(status[20..]),
        BinaryPrimitives.ReadUInt32LittleEndian(status[24..]));

    private static long Nanoseconds(ReadOnlySpan<byte> time) => unchecked(
        (BinaryPrimitives.ReadInt64LittleEndian(time) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(time[8..]));
}
