// Invariants (the proof is in docs/formats/segment.md, "Reading"):
// - What is found here is the head of its chain at a revision that was visible when the call began: rule 2 of the proof.
//   Everything else, such as a head that is not visible yet, is left to EntryReader.
// - Words that were compared or copied in place count only when the stamp is the same afterwards.
using System.Numerics;
using System.Runtime.CompilerServices;
using Cms.Formats.Mapping;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Finds short options in place: the newest version of a key, without a copy of its block.</summary>
/// <remarks>One thread at a time. The quick way of <see cref="EntryReader"/>, which also knows every other case.</remarks>
internal sealed class HeadReader(SegmentMemory memory)
{
    /// <summary>The longest value that is found here; longer ones have a size of more than one byte.</summary>
    public const int LongestValue = 127;

    private readonly MappedRegion _region = memory.Region;

    /// <summary>For tests of the tests: believe a miss at once.</summary>
    internal bool BelieveMisses { get; set; }

    /// <summary>The revision of the last answer.</summary>
    public long Revision { get; private set; }

    /// <summary>Of what was last found: bytes from the start of the file to its slot.</summary>
    public long SlotOffset { get; private set; }

    /// <summary>Of what was last found: what the slot held.</summary>
    public ulong Slot { get; private set; }

    /// <summary>Of what was last found: bytes from the start of the file to its block.</summary>
    public long Offset => (long)BlockLayout.Low(Slot) * BlockLayout.WordSize;

    /// <summary>Of what was last found: the block's stamp, before and after the value was copied.</summary>
    public ulong Stamp { get; private set; }

    /// <summary>Of what was last found: kind and flags.</summary>
    public int KindByte { get; private set; }

    /// <summary>Of what was last found: bytes of the value.</summary>
    public int ValueSize { get; private set; }

    /// <summary>Looks a key up at the revision that is visible now, and copies its value.</summary>
    /// <param name="key">The bytes "section.option".</param>
    /// <param name="hash">Their hash.</param>
    /// <param name="destination">Where the value goes; what is in it is of no meaning unless it was found.</param>
    public HeadResult Find(ReadOnlySpan<byte> key, ulong hash, Span<byte> destination)
    {
        unchecked
        {
            var region = memory.Region;
            var revision = (long)region.Read(HeaderLayout.VisibleOffset);
            Revision = revision;
            var bucket = memory.OffsetOfHome(hash);
            var matches = Matches(region, bucket, hash);
            if (matches == 0 && !TryNextBuckets(hash, ref bucket, out matches))
            {
                return matches == 0 && IsConfirmed(revision) ? HeadResult.Missing : HeadResult.Unsure;
            }

            var slotOffset = bucket + PlaceOf(matches);
            var slot = region.Read(slotOffset);
            var head = (long)BlockLayout.Low(slot) * BlockLayout.WordSize;
            if (!region.Covers(head, BlockLayout.SmallestSize))
            {
                return HeadResult.Unsure;
            }

            var stamp = region.Read(head);
            var descriptor = region.Read(head + BlockLayout.DescriptorOffset);
            var valueOffset = BlockLayout.KeyOffset + key.Length + 1;
            if ((long)(stamp >> BlockLayout.RevisionShift) > revision || BlockLayout.IsBeingWritten(stamp)
                || !BlockLayout.IsPlainOption(descriptor, key.Length)
                || !region.IsEqual(head + BlockLayout.KeyOffset, key)
                || !region.Covers(head, valueOffset))
            {
                return HeadResult.Unsure;
            }

            int size = region.ReadByte(head + valueOffset - 1);
            if (size > LongestValue || size > destination.Length
                || valueOffset + size > SizeClasses.SizeOf(BlockLayout.ClassOf(descriptor)) || !region.Covers(head, valueOffset + size))
            {
                return HeadResult.Unsure;
            }

            region.Copy(head + valueOffset, destination[..size]);
            SlotOffset = slotOffset;
            Slot = slot;
            Stamp = stamp;
            KindByte = BlockLayout.KindByte(descriptor);
            ValueSize = size;
            return region.Read(head) == stamp ? HeadResult.Found : HeadResult.Unsure;
        }
    }

    /// <summary>Asks for the bucket of a key, so that a later lookup need not wait for it.</summary>
    public void PrefetchBucket(ulong hash) => _region.Prefetch(memory.OffsetOfHome(hash));

    /// <summary>Asks for the entry of a key whose bucket is at hand.</summary>
    public void PrefetchEntry(ulong hash)
    {
        var bucket = memory.OffsetOfHome(hash);
        var matches = Matches(_region, bucket, hash);
        if (matches != 0)
        {
            var entry = (long)BlockLayout.Low(_region.Read(bucket + PlaceOf(matches))) * BlockLayout.WordSize;
            _region.Prefetch(entry);
            _region.Prefetch(entry + IndexLayout.BucketSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Matches(MappedRegion region, long bucket, ulong hash) =>
        region.MatchHighHalves(bucket, IndexLayout.TagOf(hash)) & IndexLayout.SlotMatches;

    // Bytes from the start of the bucket to the first slot of some.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlaceOf(uint matches) => unchecked((BitOperations.TrailingZeroCount(matches) >> 1) * IndexLayout.SlotSize);

    // False when no bucket that the key may be in has its tag; matches is then 0 if no further bucket may have it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryNextBuckets(ulong hash, ref long bucket, out uint matches)
    {
        for (var probe = 1; probe < IndexLayout.MaximumProbes; probe++)
        {
            matches = 0;
            if ((_region.Read(bucket + IndexLayout.BucketWordOffset) & IndexLayout.PassedMask) == 0)
            {
                return false;
            }

            bucket = memory.OffsetOfNext(bucket);
            matches = Matches(_region, bucket, hash);
            if (matches != 0)
            {
                return true;
            }
        }

        matches = IndexLayout.SlotMatches;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsConfirmed(long revision)
    {
        MappedRegion.OrderLoads();
        return BelieveMisses || memory.Oldest <= revision;
    }
}

/// <summary>How a lookup in place ended.</summary>
internal enum HeadResult
{
    /// <summary>The newest visible version of the key is a short option, and its value was copied.</summary>
    Found,

    /// <summary>There is no such key.</summary>
    Missing,

    /// <summary>Only <see cref="EntryReader"/> can tell.</summary>
    Unsure,
}
