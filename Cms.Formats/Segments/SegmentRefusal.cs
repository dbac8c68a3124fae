namespace Cms.Formats.Segments;

/// <summary>Why changes cannot be taken in; nothing was changed.</summary>
/// <param name="Error"><see cref="SegmentError.Full"/>.</param>
/// <param name="NeededBytes">What the module and the changes would take at most.</param>
/// <param name="MaximumBytes">What the segment may take by its settings.</param>
/// <param name="IsDeviceFull">Whether it is the device, a quota or the budget of all segments that has no room, and not this segment.</param>
public sealed record SegmentRefusal(SegmentError Error, long NeededBytes, long MaximumBytes, bool IsDeviceFull)
{
    /// <summary>The reason as a clause for people.</summary>
    public override string ToString() => IsDeviceFull
        ? "the run directory's file system, or what all modules may take together (segment_total_bytes), is full"
        : $"it may need {NeededBytes} bytes and may have {MaximumBytes} (segment_bytes, or cache_size of its schema)";
}
