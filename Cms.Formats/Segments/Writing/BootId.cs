using System.Buffers.Binary;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Which boot of the machine wrote a segment.</summary>
/// <remarks>
/// A segment is not flushed, so after a power cut one on a disk may be any mixture of old and new pages; only one written
/// since the machine started is worth a warm start.
/// </remarks>
internal static class BootId
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <summary>Puts this boot's id into a segment's header.</summary>
    public static void Store(SegmentMemory memory)
    {
        var (first, second) = Read();
        memory.Region.Write(HeaderLayout.BootIdOffset, first);
        memory.Region.Write(HeaderLayout.BootIdOffset + BlockLayout.WordSize, second);
    }

    /// <summary>Whether a segment was written since the machine started.</summary>
    public static bool IsOf(SegmentMemory memory) => Read() == (
        memory.Region.Read(HeaderLayout.BootIdOffset),
        memory.Region.Read(HeaderLayout.BootIdOffset + BlockLayout.WordSize));

    private static (ulong First, ulong Second) Read()
    {
        var id = Guid.Parse(File.ReadAllText(Source).AsSpan().Trim());
        Span<byte> bytes = stackalloc byte[2 * BlockLayout.WordSize];
        _ = id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[BlockLayout.WordSize..]));
    }
}
