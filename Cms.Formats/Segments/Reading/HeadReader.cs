// Invariants (the proof is in docs/formats/segment.md, "Reading"):
// - What is found here is the head of its chain at a revision that was visible when the call began: rule 2 of the proof.
//   Everything else, such as a head that is not visible yet, is left to EntryReader.
// - Words that were compared or copied in place count only when the stamp is the same afterwards.
using System.Runtime.CompilerServices;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Finds short options in place: the newest version of a key, without a copy of its block.</summary>
/// <remarks>One thread at a time. The quick way of <see cref="EntryReader"/>, which also knows every other case.</remarks>
internal sealed class HeadReader(SegmentMemory memory)
{
    /// <summary>The longest value that is found here; longer ones have a size of more than one byte.</summary>
    public const int LongestValue = 127;

    /// <summary>For tests of the tests: believe a miss at once.</summary>
    internal bool BelieveMisses { get; set; }

    /// <summary>Looks a key up at the revision that is visible now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HeadResult Find(ReadOnlySpan<byte> key, ulong hash, out HeadPlace place)
    {
        var revision = memory.Visible;
        var tag = IndexLayout.TagOf(hash);
        var bucket = memory.OffsetOfBucket(memory.HomeOf(hash));
        var matches = memory.Region.MatchHighHalves(bucket, tag) & IndexLayout.SlotMatches;
        if (matches != 0)
        {
            var slotOffset = bucket + ((System.Numerics.BitOperations.TrailingZeroCount(matches) >> 1) * IndexLayout.SlotSize);
            if (TryHead(slotOffset, tag, key, revision, out place))
            {
                return HeadResult.Found;
            }
        }
        else if ((memory.Region.Read(bucket + IndexLayout.BucketWordOffset) & IndexLayout.PassedMask) == 0)
        {
            place = default;
            return IsConfirmed(revision) ? HeadResult.Missing : HeadResult.Unsure;
        }

        place = default;
        return HeadResult.Unsure;
    }

    /// <summary>Copies the value that was found; counts when this returns true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCopy(in HeadPlace place, Span<byte> destination)
    {
        memory.Region.Copy(place.ValueOffset, destination);
        return memory.Region.Read(place.Offset) == place.Stamp;
    }

    /// <summary>Asks for the bucket of a key, so that a later lookup need not wait for it.</summary>
    public void PrefetchBucket(ulong hash) => memory.Region.Prefetch(memory.OffsetOfBucket(memory.HomeOf(hash)));

    /// <summary>Asks for the entry of a key whose bucket is at hand.</summary>
    public void PrefetchEntry(ulong hash)
    {
        var bucket = memory.OffsetOfBucket(memory.HomeOf(hash));
        var matches = memory.Region.MatchHighHalves(bucket, IndexLayout.TagOf(hash)) & IndexLayout.SlotMatches;
        if (matches != 0)
        {
            var slot = memory.Region.Read(bucket + ((System.Numerics.BitOperations.TrailingZeroCount(matches) >> 1) * IndexLayout.SlotSize));
            var entry = (long)BlockLayout.Low(slot) * BlockLayout.WordSize;
            memory.Region.Prefetch(entry);
            memory.Region.Prefetch(entry + IndexLayout.BucketSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryHead(long slotOffset, uint tag, ReadOnlySpan<byte> key, long revision, out HeadPlace place)
    {
        place = default;
        var region = memory.Region;
        var slot = region.Read(slotOffset);
        var head = (long)BlockLayout.Low(slot) * BlockLayout.WordSize;
        if (IndexLayout.TagOf(slot) != tag || !memory.IsInArena(head, BlockLayout.SmallestSize))
        {
            return false;
        }

        var stamp = region.Read(head);
        var descriptor = region.Read(head + BlockLayout.DescriptorOffset);
        var size = SizeClasses.SizeOf(BlockLayout.ClassOf(descriptor));
        var kindByte = BlockLayout.KindByte(descriptor);
        var valueOffset = BlockLayout.KeyOffset + key.Length + 1;
        if (BlockLayout.RevisionOf(stamp) > revision || BlockLayout.IsBeingWritten(stamp)
            || (kindByte & BlockLayout.PlainOptionMask) != (int)BlockKind.Option
            || BlockLayout.CountOf(descriptor) != key.Length
            || valueOffset > size || !memory.IsInArena(head, size)
            || !region.IsEqual(head + BlockLayout.KeyOffset, key))
        {
            return false;
        }

        var valueSize = region.ReadByte(head + valueOffset - 1);
        place = new(slotOffset, slot, head, stamp, kindByte, head + valueOffset, valueSize);
        return valueSize <= LongestValue && valueOffset + valueSize <= size;
    }

    private bool IsConfirmed(long revision)
    {
        Mapping.MappedRegion.OrderLoads();
        return BelieveMisses || memory.Oldest <= revision;
    }
}

/// <summary>How a lookup in place ended.</summary>
internal enum HeadResult
{
    /// <summary>The place is that of the key's newest visible version, a short option.</summary>
    Found,

    /// <summary>There is no such key.</summary>
    Missing,

    /// <summary>Only <see cref="EntryReader"/> can tell.</summary>
    Unsure,
}

/// <summary>Where an option was found.</summary>
/// <param name="SlotOffset">Bytes from the start of the file to its slot.</param>
/// <param name="Slot">What the slot held.</param>
/// <param name="Offset">Bytes from the start of the file to its block.</param>
/// <param name="Stamp">What the block's stamp was before anything else of it was read.</param>
/// <param name="KindByte">Kind and flags.</param>
/// <param name="ValueOffset">Bytes from the start of the file to its value.</param>
/// <param name="ValueSize">Bytes of its value.</param>
internal readonly record struct HeadPlace(long SlotOffset, ulong Slot, long Offset, ulong Stamp, int KindByte, long ValueOffset, int ValueSize);
