namespace Cms.Formats.Segments;

/// <summary>File space that several segments may take together.</summary>
/// <remarks>Any thread. While a module moves to a new file both files count.</remarks>
/// <param name="limit">Bytes in all.</param>
public sealed class SegmentBudget(long limit)
{
    private long _used;

    /// <summary>Bytes in all.</summary>
    public long Limit => limit;

    /// <summary>Bytes taken.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes.</summary>
    /// <returns>False when fewer are left; none is taken then.</returns>
    internal bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Takes bytes that a file has already, whatever the limit.</summary>
    internal void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>Gives bytes back.</summary>
    internal void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
