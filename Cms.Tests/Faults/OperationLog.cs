using System.Buffers.Binary;
using System.Text;

namespace Cms.Tests.Faults;

/// <summary>The operations that <c>Native/record.h</c> records.</summary>
internal enum Operation
{
    Create = 1,
    Write,
    Truncate,
    Extend,
    Sync,
    Rename,
    Exchange,
    Link,
    Unlink,
    MakeDirectory,
    RemoveDirectory,
    Symlink,
    Mode,
}

/// <summary>One operation of the log.</summary>
/// <param name="End">Where its record ends in the log.</param>
/// <param name="Operation">What was done.</param>
/// <param name="Inode">The file, where it is about one.</param>
/// <param name="Value">An offset, a size or a mode.</param>
/// <param name="Process">Who did it.</param>
/// <param name="Path">Relative to the root.</param>
/// <param name="Other">The other path, or what a symbolic link holds.</param>
/// <param name="Data">What was written.</param>
internal sealed record OperationRecord(
    long End, Operation Operation, ulong Inode, long Value, uint Process, string Path, string Other, ReadOnlyMemory<byte> Data)
{
    /// <inheritdoc/>
    public override string ToString() => $"{End}: {Operation} {Path}{(Other.Length > 0 ? " " + Other : "")} {Value} +{Data.Length} by {Process}";
}

/// <summary>Reads the log of the library.</summary>
internal static class OperationLog
{
    private const int HeadSize = 40;

    /// <summary>Every record up to a position.</summary>
    /// <param name="log">The bytes.</param>
    /// <param name="end">Records that end behind it are left out.</param>
    public static IEnumerable<OperationRecord> Read(ReadOnlyMemory<byte> log, long end)
    {
        var start = 0;
        while (start + HeadSize <= log.Length)
        {
            var size = (int)BinaryPrimitives.ReadUInt32LittleEndian(log.Span[start..]);
            if (start + size > Math.Min(log.Length, end))
            {
                yield break;
            }

            yield return Parse(log.Slice(start, size), start + size);
            start += size;
        }
    }

    private static OperationRecord Parse(ReadOnlyMemory<byte> record, long end)
    {
        var head = record.Span;
        var pathSize = (int)BinaryPrimitives.ReadUInt32LittleEndian(head[28..]);
        var otherSize = (int)BinaryPrimitives.ReadUInt32LittleEndian(head[32..]);
        return new OperationRecord(
            end,
            (Operation)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(head[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[24..]),
            Encoding.UTF8.GetString(head.Slice(HeadSize, pathSize)),
            Encoding.UTF8.GetString(head.Slice(HeadSize + pathSize, otherSize)),
            record[(HeadSize + pathSize + otherSize)..]);
    }
}
