namespace Cms.Formats.Segments;

/// <summary>Why changes cannot be taken in; nothing was changed.</summary>
/// <param name="Error"><see cref="SegmentError.Full"/>.</param>
/// <param name="NeededBytes">What the module and the changes would take at most.</param>
/// <param name="MaximumBytes">What the segment may take by its settings.</param>
/// <param name="IsDeviceFull">Whether it is the device or a quota that has no room, and not the settings.</param>
public sealed record SegmentRefusal(SegmentError Error, long NeededBytes, long MaximumBytes, bool IsDeviceFull);
