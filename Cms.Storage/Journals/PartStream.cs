using Cms.Formats.Streams;

namespace Cms.Storage.Journals;

/// <summary>Collects what is written to it in parts of at most <see cref="JournalLimits.MaxPartBytes"/>.</summary>
internal sealed class PartStream : WriteOnlyStream
{
    private readonly List<ReadOnlyMemory<byte>> _full = [];
    private byte[] _part = new byte[256];
    private int _length;

    /// <summary>All parts, the last one perhaps short; the stream must not be written to afterwards.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ToParts() => [.. _full, _part.AsMemory(0, _length)];

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_length == JournalLimits.MaxPartBytes)
            {
                _full.Add(_part);
                _part = new byte[JournalLimits.MaxPartBytes];
                _length = 0;
            }

            var count = Math.Min(buffer.Length, JournalLimits.MaxPartBytes - _length);
            Grow(_length + count);
            buffer[..count].CopyTo(_part.AsSpan(_length));
            _length += count;
            buffer = buffer[count..];
        }
    }

    public override void Flush()
    {
    }

    private void Grow(int needed)
    {
        if (needed > _part.Length)
        {
            Array.Resize(ref _part, Math.Min(JournalLimits.MaxPartBytes, Math.Max(needed, _part.Length * 2)));
        }
    }
}
