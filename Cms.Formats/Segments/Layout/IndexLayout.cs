namespace Cms.Formats.Segments.Layout;

/// <summary>A bucket of the index is one cache line: seven slots and a bucket word.</summary>
/// <remarks>
/// A slot is 0, or a reference (low 32 bits, in units of 8 bytes) under a tag (high 32 bits: those of the key's hash).
/// The bucket word has in its low 16 bits how many keys passed this bucket on the way to their slot (65535: that many or
/// more, never lowered), and above them a counter that grows after each change that a cached miss must notice.
/// </remarks>
internal static class IndexLayout
{
    public const int BucketSize = 64;
    public const int SlotsInBucket = 7;
    public const int SlotSize = 8;
    public const int BucketWordOffset = SlotsInBucket * SlotSize;

    /// <summary>No key is further than this many buckets from its home.</summary>
    public const int MaximumProbes = 64;

    /// <summary>
    /// The index is not filled beyond this many hundredths. Of ten million keys at 85 dozens come further from home than is
    /// allowed, at 75 the furthest needs 43 buckets, at 70 it needs 22.
    /// </summary>
    public const int MaximumLoadPercent = 70;

    /// <summary>Of what <see cref="Mapping.MappedRegion.MatchHighHalves"/> says of a bucket, the slots.</summary>
    public const uint SlotMatches = 0x2AAA;

    public const ulong PassedMask = 0xFFFF;
    public const int ChangeShift = 16;
    private const int TagShift = 32;

    public static uint TagOf(ulong hashOrSlot) => unchecked((uint)(hashOrSlot >> TagShift));

    public static ulong Slot(uint tag, uint reference) => ((ulong)tag << TagShift) | reference;
}
