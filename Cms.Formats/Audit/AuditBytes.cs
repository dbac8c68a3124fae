using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Cms.Formats.Audit;

/// <summary>The canonical bytes under the hashes of the audit log.</summary>
/// <remarks>
/// An integer is its 8 little-endian bytes; a text is the length of its UTF-8 in bytes as an integer and then these bytes; null is
/// the length -1. So no two rows run together to the same bytes. This is a format on disk and never changes. One thread.
/// </remarks>
internal sealed class AuditBytes
{
    private const int UsualBytes = 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(UsualBytes);

    /// <param name="purpose">Told first, so that bytes made for one purpose are never those of another.</param>
    public AuditBytes(string purpose) => Add(purpose);

    /// <summary>All that was added.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Add(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
    }

    public void Add(string? text)
    {
        if (text is null)
        {
            Add(-1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Add(length);
        Encoding.UTF8.GetBytes(text, _buffer.GetSpan(length));
        _buffer.Advance(length);
    }
}
