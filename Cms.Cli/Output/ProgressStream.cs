using System.Globalization;

namespace Cms.Cli.Output;

/// <summary>A text that is read to be sent, and after a second tells how many lines of it have been.</summary>
/// <remarks>The text stays its owner's to dispose. One thread at a time.</remarks>
internal sealed class ProgressStream(Stream text, Action<string>? show, TimeProvider clock) : Stream
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = clock.GetTimestamp();
    private TimeSpan _next = Patience;
    private long _lines;
    private bool _isShown;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes away what was shown.</summary>
    public void Clear()
    {
        if (_isShown)
        {
            show?.Invoke("");
            _isShown = false;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Tell();
        var count = await text.ReadAsync(buffer, cancellationToken);
        _lines += buffer.Span[..count].Count((byte)'\n');
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Tell()
    {
        var elapsed = clock.GetElapsedTime(_start);
        if (show is null || elapsed < _next)
        {
            return;
        }

        _next = elapsed + Interval;
        _isShown = true;
        show(string.Create(CultureInfo.InvariantCulture, $"{_lines} lines sent, {_lines / elapsed.TotalSeconds:F0} a second"));
    }
}
