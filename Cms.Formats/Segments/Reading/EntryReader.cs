// Invariants (the proof is in docs/formats/segment.md, "Reading"):
// - A copy counts only when the block's stamp was even and equal before and after it.
// - A version at or below the revision read at, found at the head of its chain, needs no other check: blocks are only
//   rewritten under revisions that are not visible yet, which are above it.
// - Whatever was reached through a newer version, and every miss, counts only when the slot, the head's stamp and the
//   oldest kept revision still allow it.
// - Every loop has a bound, so a damaged file ends in an exception, never in a hang.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Finds entries as of a revision, without locks, while the writer goes on.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class EntryReader(SegmentMemory memory)
{
    /// <summary>How often a read that the writer disturbs begins anew before the file is called corrupt.</summary>
    private const int MaximumAttempts = 256;

    private const int MaximumChain = SegmentOptions.LargestRetainedCommits + 2;

    private enum Step
    {
        Found,
        NotThis,
        Disturbed,
    }

    /// <summary>The entry last found, or a block last read.</summary>
    public EntryCopy Entry { get; } = new();

    /// <summary>Bytes from the start of the file to that entry or block.</summary>
    public long Offset { get; private set; }

    /// <summary>The number of the slot in which <see cref="Find"/> has found the entry.</summary>
    public uint SlotNumber { get; private set; }

    /// <summary>The file.</summary>
    public SegmentMemory Memory => memory;

    /// <summary>For tests of the tests: believe a miss at once.</summary>
    internal bool BelieveMisses { get; set; }

    /// <summary>Looks a key up as of a revision.</summary>
    public LookupResult Find(ReadOnlySpan<byte> key, long revision)
    {
        var hash = memory.HashOf(key);
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var step = Probe(key, hash, revision);
            if (step == Step.Found)
            {
                return Entry.IsDeleted ? LookupResult.Missing : LookupResult.Found;
            }

            if (!BelieveMisses && memory.Oldest > revision)
            {
                return LookupResult.TooOld;
            }

            if (step == Step.NotThis)
            {
                return LookupResult.Missing;
            }
        }

        throw memory.Corrupt("A key cannot be read steadily.");
    }

    /// <summary>Reads the entry in a slot as of a revision.</summary>
    public LookupResult FindAt(uint slot, long revision)
    {
        if (!memory.IsSlot(slot))
        {
            throw memory.Corrupt("A list names a slot that the index does not have.");
        }

        var offset = memory.OffsetOfSlot(slot);
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var value = memory.Region.Read(offset);
            var step = value == 0 ? Step.NotThis : ReadVersion(offset, value, default, revision);
            if (memory.Oldest > revision)
            {
                return LookupResult.TooOld;
            }

            if (step != Step.Disturbed)
            {
                return step == Step.Found && !Entry.IsDeleted ? LookupResult.Found : LookupResult.Missing;
            }
        }

        throw memory.Corrupt("An entry cannot be read steadily.");
    }

    /// <summary>Copies a block of a list that is part of the state at a revision.</summary>
    /// <returns><see cref="LookupResult.Found"/> or <see cref="LookupResult.TooOld"/>.</returns>
    public LookupResult ReadBlock(uint reference, long revision)
    {
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var offset = (long)reference * BlockLayout.WordSize;
            var isSteady = TryReadHead(offset, out var stamp, out var descriptor)
                && BlockLayout.RevisionOf(stamp) <= revision
                && TryCopy(offset, stamp, descriptor);
            if (memory.Oldest > revision)
            {
                return LookupResult.TooOld;
            }

            if (isSteady)
            {
                return LookupResult.Found;
            }
        }

        throw memory.Corrupt("A list cannot be read steadily.");
    }

    /// <summary>Copies the option at a place if a revision wrote it that is not above this one; whether it is the option's version of then is not known.</summary>
    /// <returns>False when it is something else by now.</returns>
    public bool TryReadOption(long offset, long revision) =>
        TryReadHead(offset, out var stamp, out var descriptor)
        && BlockLayout.RevisionOf(stamp) <= revision
        && BlockLayout.IsLiveOption(descriptor)
        && TryCopy(offset, stamp, descriptor)
        && Entry.IsWellFormed();

    private Step Probe(ReadOnlySpan<byte> key, ulong hash, long revision)
    {
        var tag = IndexLayout.TagOf(hash);
        var bucket = memory.HomeOf(hash);
        var region = memory.Region;
        for (var probe = 0; probe < IndexLayout.MaximumProbes; probe++)
        {
            var offset = memory.OffsetOfBucket(bucket);
            for (var end = offset + IndexLayout.BucketWordOffset; offset < end; offset += IndexLayout.SlotSize)
            {
                var slot = region.Read(offset);
                if (IndexLayout.TagOf(slot) != tag || slot == 0)
                {
                    continue;
                }

                var step = ReadVersion(offset, slot, key, revision);
                if (step != Step.NotThis)
                {
                    SlotNumber = memory.SlotAt(offset);
                    return step;
                }
            }

            if ((region.Read(offset) & IndexLayout.PassedMask) == 0)
            {
                break;
            }

            bucket = memory.BucketBehind(bucket, 1);
        }

        return Step.NotThis;
    }

    // Walks from the head of a chain to the newest version that the revision can see. An empty key matches any.
    private Step ReadVersion(long slotOffset, ulong slot, ReadOnlySpan<byte> key, long revision)
    {
        var head = (long)BlockLayout.Low(slot) * BlockLayout.WordSize;
        if (!TryReadHead(head, out var headStamp, out var descriptor))
        {
            return Step.Disturbed;
        }

        if (BlockLayout.RevisionOf(headStamp) <= revision)
        {
            return TryCopy(head, headStamp, descriptor) ? Match(key) : Step.Disturbed;
        }

        var step = WalkBack(head, headStamp, descriptor, key, revision);
        var isSame = memory.Region.Read(slotOffset) == slot && memory.Region.Read(head) == headStamp && memory.Oldest <= revision;
        return isSame ? step : Step.Disturbed;
    }

    private Step WalkBack(long offset, ulong stamp, ulong descriptor, ReadOnlySpan<byte> key, long revision)
    {
        for (var link = 0; link < MaximumChain; link++)
        {
            if (memory.Region.Read(offset) != stamp)
            {
                return Step.Disturbed;
            }

            var newer = BlockLayout.RevisionOf(stamp);
            var older = BlockLayout.Older(descriptor);
            if (older == 0)
            {
                return Step.NotThis;
            }

            offset = (long)older * BlockLayout.WordSize;
            if (!TryReadHead(offset, out stamp, out descriptor) || BlockLayout.RevisionOf(stamp) >= newer)
            {
                return Step.Disturbed;
            }

            if (BlockLayout.RevisionOf(stamp) <= revision)
            {
                return TryCopy(offset, stamp, descriptor) ? Match(key) : Step.Disturbed;
            }
        }

        return Step.Disturbed;
    }

    private Step Match(ReadOnlySpan<byte> key)
    {
        if (!key.IsEmpty && !Entry.Key.SequenceEqual(key))
        {
            return Step.NotThis;
        }

        return Entry.IsWellFormed() ? Step.Found : throw memory.Corrupt("An entry does not keep the format.");
    }

    private bool TryReadHead(long offset, out ulong stamp, out ulong descriptor)
    {
        stamp = 0;
        descriptor = 0;
        if (!memory.IsInArena(offset, BlockLayout.KeyOffset))
        {
            return false;
        }

        stamp = memory.Region.Read(offset);
        descriptor = memory.Region.Read(offset + BlockLayout.DescriptorOffset);
        return !BlockLayout.IsBeingWritten(stamp);
    }

    private bool TryCopy(long offset, ulong stamp, ulong descriptor)
    {
        var size = SizeClasses.SizeOf(BlockLayout.ClassOf(descriptor));
        if (size == 0 || !memory.IsInArena(offset, size))
        {
            return false;
        }

        Entry.Load(memory.Region, offset, stamp, descriptor, size);
        Offset = offset;
        return memory.Region.Read(offset) == stamp;
    }
}
