using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Cms.Storage.Journals;

/// <summary>The checksum of a row: CRC-32C over its columns in the order in which they are added.</summary>
/// <remarks>
/// An integer is its 8 little-endian bytes; a text or blob is its length in bytes as an integer and then its bytes;
/// NULL is the length -1. So no two rows run together to the same bytes. This is a format on disk and never changes.
/// </remarks>
internal struct RowChecksum
{
    private uint _state;

    public RowChecksum() => _state = uint.MaxValue;

    /// <summary>The checksum of all that was added; 0 to 2^32 - 1.</summary>
    public readonly long Value => ~_state;

    /// <summary>The checksum of one blob alone.</summary>
    public static long Of(ReadOnlySpan<byte> bytes)
    {
        var checksum = new RowChecksum();
        checksum.Add(bytes);
        return checksum.Value;
    }

    public void Add(long value) => _state = BitOperations.Crc32C(_state, unchecked((ulong)value));

    public void Add(string? text)
    {
        if (text is null)
        {
            Add(-1);
        }
        else
        {
            Add(Encoding.UTF8.GetBytes(text));
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        var state = _state;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var rest in bytes)
        {
            state = BitOperations.Crc32C(state, rest);
        }

        _state = state;
    }
}
