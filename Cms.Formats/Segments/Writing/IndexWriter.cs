// Invariants:
// - A key stays in one slot from the moment it is put there until it is cleared; keys are never moved.
// - A bucket counts every key that passed it on the way to its slot: raised before the slot is filled, lowered after it
//   is cleared. A restart may leave it too high, never too low.
// - The change counters of the slot's bucket and of the key's home bucket grow after a slot was filled or cleared.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>The writer's side of the index.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class IndexWriter(SegmentMemory memory)
{
    /// <summary>A fault for tests of the tests.</summary>
    public PlantedFault Fault { get; set; }

    /// <summary>Slots in use, those of deleted keys too.</summary>
    public long SlotsUsed { get; private set; }

    /// <summary>Slots that may be used before a larger index is due.</summary>
    public long SlotsAllowed => memory.BucketCount * IndexLayout.SlotsInBucket * IndexLayout.MaximumLoadPercent / 100;

    /// <summary>The slot of a key, deleted or not yet visible ones too; null when it has none.</summary>
    public uint? Find(ReadOnlySpan<byte> key, ulong hash)
    {
        var tag = IndexLayout.TagOf(hash);
        var bucket = memory.HomeOf(hash);
        for (var probe = 0; probe < IndexLayout.MaximumProbes; probe++)
        {
            var offset = memory.OffsetOfBucket(bucket);
            for (var slot = 0; slot < IndexLayout.SlotsInBucket; slot++)
            {
                var value = memory.Region.Read(offset + (slot * IndexLayout.SlotSize));
                if (IndexLayout.TagOf(value) == tag && value != 0 && HasKey(BlockLayout.Low(value), key))
                {
                    return (uint)((bucket * IndexLayout.SlotsInBucket) + slot);
                }
            }

            if ((memory.Region.Read(offset + IndexLayout.BucketWordOffset) & IndexLayout.PassedMask) == 0)
            {
                return null;
            }

            bucket = memory.BucketBehind(bucket, 1);
        }

        return null;
    }

    /// <summary>The reference in a slot: the head of its chain.</summary>
    public uint Head(uint slot) => BlockLayout.Low(memory.Region.Read(memory.OffsetOfSlot(slot)));

    /// <summary>Fills a free slot for a key that has none.</summary>
    /// <exception cref="SegmentException">All slots within reach are taken.</exception>
    public uint Insert(ulong hash, uint reference)
    {
        var home = memory.HomeOf(hash);
        for (var probe = 0; probe < IndexLayout.MaximumProbes; probe++)
        {
            var bucket = memory.BucketBehind(home, probe);
            if (FreeSlot(bucket) is { } slot)
            {
                CountPassing(home, probe, true);
                Store(slot, IndexLayout.Slot(IndexLayout.TagOf(hash), reference));
                NoteChange(bucket, home);
                SlotsUsed++;
                return slot;
            }
        }

        throw new SegmentException(SegmentError.Full, memory.Path, "The index has no slot for a key.");
    }

    /// <summary>Points a slot at another version of the same key.</summary>
    public void Replace(uint slot, uint reference)
    {
        var offset = memory.OffsetOfSlot(slot);
        memory.Region.Write(offset, IndexLayout.Slot(IndexLayout.TagOf(memory.Region.Read(offset)), reference));
    }

    /// <summary>Empties the slot of a key with this hash.</summary>
    public void Clear(uint slot, ulong hash)
    {
        var home = memory.HomeOf(hash);
        var bucket = (long)slot / IndexLayout.SlotsInBucket;
        Store(slot, 0);
        NoteChange(bucket, home);
        CountPassing(home, (int)memory.DistanceOf(bucket, home), false);
        SlotsUsed--;
    }

    /// <summary>After a restart: the number of slots in use, and for each bucket how many keys passed it.</summary>
    public void Adopt(long slotsUsed, ReadOnlySpan<ushort> passed)
    {
        SlotsUsed = slotsUsed;
        for (var bucket = 0; bucket < passed.Length; bucket++)
        {
            var offset = memory.OffsetOfBucket(bucket) + IndexLayout.BucketWordOffset;
            var word = memory.Region.Read(offset);
            if ((word & IndexLayout.PassedMask) != passed[bucket])
            {
                memory.Region.Write(offset, Changed((word & ~IndexLayout.PassedMask) | passed[bucket]));
            }
        }
    }

    private bool HasKey(uint reference, ReadOnlySpan<byte> key)
    {
        var offset = (long)reference * BlockLayout.WordSize;
        var size = BlockLayout.CountOf(memory.Region.Read(offset + BlockLayout.DescriptorOffset));
        return size == key.Length && memory.Region.Bytes(offset + BlockLayout.KeyOffset, size).SequenceEqual(key);
    }

    private uint? FreeSlot(long bucket)
    {
        for (var slot = 0; slot < IndexLayout.SlotsInBucket; slot++)
        {
            if (memory.Region.Read(memory.OffsetOfBucket(bucket) + (slot * IndexLayout.SlotSize)) == 0)
            {
                return (uint)((bucket * IndexLayout.SlotsInBucket) + slot);
            }
        }

        return null;
    }

    private void Store(uint slot, ulong value) => memory.Region.Write(memory.OffsetOfSlot(slot), value);

    private void CountPassing(long home, int buckets, bool isMore)
    {
        for (var step = 0; step < buckets; step++)
        {
            var offset = memory.OffsetOfBucket(memory.BucketBehind(home, step)) + IndexLayout.BucketWordOffset;
            var word = memory.Region.Read(offset);
            if ((word & IndexLayout.PassedMask) != IndexLayout.PassedMask)
            {
                memory.Region.Write(offset, isMore ? word + 1 : word - 1);
            }
        }
    }

    private void NoteChange(long bucket, long home)
    {
        if (Fault == PlantedFault.ChangeNotCounted)
        {
            return;
        }

        var offset = memory.OffsetOfBucket(bucket) + IndexLayout.BucketWordOffset;
        memory.Region.Write(offset, Changed(memory.Region.Read(offset)));
        if (home != bucket)
        {
            offset = memory.OffsetOfBucket(home) + IndexLayout.BucketWordOffset;
            memory.Region.Write(offset, Changed(memory.Region.Read(offset)));
        }
    }

    private static ulong Changed(ulong word) => unchecked(word + (1UL << IndexLayout.ChangeShift));
}
