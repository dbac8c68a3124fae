namespace Cms.Cli.Output;

/// <summary>A text that is read to be sent or done, and after a second tells how much of it has been.</summary>
/// <remarks>The text stays its owner's to dispose. One thread at a time.</remarks>
internal sealed class ProgressStream : Stream
{
    private readonly Stream _text;
    private readonly ProgressLine _progress;
    private readonly string _unit;
    private readonly long? _size;
    private long _bytes;
    private long _units;

    /// <param name="text">What is read.</param>
    /// <param name="progress">Where it is told.</param>
    /// <param name="unit">What a line of the text is called, in the plural; empty for a text whose lines mean nothing.</param>
    public ProgressStream(Stream text, ProgressLine progress, string unit)
    {
        (_text, _progress, _unit) = (text, progress, unit);
        _size = text.CanSeek ? text.Length - text.Position : null;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Tell();
        var count = await _text.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Tell();
        var count = _text.Read(buffer);
        Count(buffer[..count]);
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Tell() => _progress.Show(
        new Progress(_unit.Length == 0 ? "sending" : "done", _units, _unit) { Part = _size is > 0 ? (double)_bytes / _size.Value : null });

    private void Count(ReadOnlySpan<byte> read)
    {
        _bytes += read.Length;
        _units += read.Count((byte)'\n');
    }
}
