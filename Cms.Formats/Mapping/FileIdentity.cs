using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>What tells one file from another while either is open: its device and its inode.</summary>
/// <param name="Device">Major and minor number of the device.</param>
/// <param name="Inode">The number on that device; given anew only when nobody has the file open.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode)
{
    private const int ResultSize = 256;
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;

    /// <summary>The identity of an open file.</summary>
    /// <exception cref="IOException">The kernel would not say.</exception>
    public static unsafe FileIdentity Of(SafeFileHandle file)
    {
        var result = stackalloc byte[ResultSize];
        byte empty = 0;
        if (MemoryCalls.Statx(MemoryCalls.StatxNumber, (int)file.DangerousGetHandle(), &empty, MemoryCalls.AtEmptyPath, MemoryCalls.StatxInode, result) != 0)
        {
            throw new IOException("statx failed.", new Win32Exception(Marshal.GetLastSystemError()));
        }

        var fields = new ReadOnlySpan<byte>(result, ResultSize);
        return new(
            BinaryPrimitives.ReadUInt64LittleEndian(fields[DeviceOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(fields[InodeOffset..]));
    }
}
