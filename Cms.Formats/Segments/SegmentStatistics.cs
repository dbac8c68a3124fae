namespace Cms.Formats.Segments;

/// <summary>What a segment takes, as its writer knows it.</summary>
/// <param name="MaximumBytes">What the file may ever take.</param>
/// <param name="AllocatedBytes">File space taken from the device.</param>
/// <param name="UsedBytes">Header, index and blocks handed out so far, free ones too.</param>
/// <param name="BytesInUse">Blocks that hold something, replaced versions that are still kept too.</param>
/// <param name="RetainedBytes">Replaced versions that are still kept.</param>
/// <param name="FreeBytes">Blocks that wait to be used again.</param>
/// <param name="IndexBytes">The index.</param>
/// <param name="Entries">Keys in the index: one an option, one or two a section, one the module; deleted ones still kept.</param>
/// <param name="EntriesAllowed">Keys that fit before the index grows.</param>
public sealed record SegmentStatistics(
    long MaximumBytes,
    long AllocatedBytes,
    long UsedBytes,
    long BytesInUse,
    long RetainedBytes,
    long FreeBytes,
    long IndexBytes,
    long Entries,
    long EntriesAllowed)
{
    /// <summary>Free blocks as a share of all blocks, in hundredths; 0 when there are none.</summary>
    public double FragmentationPercent => FreeBytes == 0 ? 0 : 100.0 * FreeBytes / (FreeBytes + BytesInUse);
}
