// Invariants:
// - Nothing that the dead writer kept for itself is believed: free blocks, pass counts and hints are found anew, and the
//   top of the arena is checked by walking to it.
// - The oldest revision is raised to the visible one first; from then on only heads at or below it are needed, and what
//   a reader at the visible revision finds is the same before and after every store made here.
// - Every store can be repeated: a recovery that is itself cut short is simply begun again.
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;

namespace Cms.Formats.Segments.Writing;

/// <summary>Brings a file that its writer left in the middle of something back to its last visible revision.</summary>
internal sealed class SegmentRecovery
{
    private const int MaximumChain = SegmentOptions.LargestRetainedCommits + 2;
    private const int BitsInWord = 64;
    private const int BucketsAhead = 4;
    private const int SlotsAhead = 16;
    private const int HeadsAhead = 8;
    private readonly SegmentMemory _memory;
    private readonly EntryReader _reader;
    private readonly TableRecovery _tables;
    private readonly long _visible;
    private readonly long _top;
    private readonly ulong[] _liveBlocks;
    private readonly ulong[] _listed;
    private readonly ushort[] _passed;
    private long _slots;
    private long _liveCount;
    private long _names;
    private long _members;

    private SegmentRecovery(SegmentMemory memory)
    {
        _memory = memory;
        _reader = new(memory);
        _tables = new(this, memory, _reader);
        _visible = memory.Visible;
        _top = unchecked((long)memory.Region.Read(HeaderLayout.TopOffset));
        _liveBlocks = new ulong[((_top - memory.ArenaStart) / BlockLayout.WordSize / BitsInWord) + 1];
        _listed = new ulong[(memory.BucketCount * IndexLayout.SlotsInBucket / BitsInWord) + 1];
        _passed = new ushort[memory.BucketCount];
    }

    /// <summary>Whether the words of the header that only a writer reads can be true.</summary>
    public static bool IsWorthTrying(SegmentMemory memory)
    {
        var top = unchecked((long)memory.Region.Read(HeaderLayout.TopOffset));
        return memory.Visible is >= 0 and <= BlockLayout.MaximumRevision
            && top >= memory.ArenaStart && top <= memory.Region.Limit && top % BlockLayout.WordSize == 0;
    }

    /// <summary>Verifies and mends a file, and counts its blocks and slots for the writer.</summary>
    /// <param name="file">The file, just opened for writing.</param>
    /// <exception cref="SegmentException">It cannot be trusted; the segment must be built anew from the journal.</exception>
    public static void Run(SegmentFile file)
    {
        var recovery = new SegmentRecovery(file.Memory);
        file.Memory.Region.Write(HeaderLayout.OldestOffset, (ulong)recovery._visible);
        recovery.SettleIndex();
        recovery.CheckOrder();
        recovery._tables.Check(recovery._visible);
        file.Index.Adopt(recovery._slots, recovery._passed);
        recovery.SettleBlocks(file.Blocks);
    }

    private void SettleIndex()
    {
        for (var bucket = 0L; bucket < _memory.BucketCount; bucket++)
        {
            PrefetchHeads(bucket + BucketsAhead);
            for (var slot = 0; slot < IndexLayout.SlotsInBucket; slot++)
            {
                var offset = _memory.OffsetOfBucket(bucket) + (slot * IndexLayout.SlotSize);
                var value = _memory.Region.Read(offset);
                if (value != 0)
                {
                    SettleSlot(offset, value, bucket);
                }
            }
        }
    }

    // Blocks lie in another order than buckets, so each would be a wait for memory if nobody asked for it beforehand.
    private void PrefetchHeads(long bucket)
    {
        if (bucket >= _memory.BucketCount)
        {
            return;
        }

        var offset = _memory.OffsetOfBucket(bucket);
        for (var end = offset + IndexLayout.BucketWordOffset; offset < end; offset += IndexLayout.SlotSize)
        {
            _memory.Region.Prefetch((long)BlockLayout.Low(_memory.Region.Read(offset)) * BlockLayout.WordSize);
        }
    }

    private void SettleSlot(long offset, ulong value, long bucket)
    {
        var reference = VisibleVersion(BlockLayout.Low(value));
        if (reference != 0)
        {
            Load(reference);
            Require(_reader.Entry.IsWellFormed(), "an entry does not keep the format");
        }

        if (reference == 0 || _reader.Entry.IsDeleted)
        {
            _memory.Region.Write(offset, 0);
            NoteChange(bucket);
            return;
        }

        var hash = _memory.HashOf(_reader.Entry.Key);
        var distance = _memory.DistanceOf(bucket, _memory.HomeOf(hash));
        Require(IndexLayout.TagOf(hash) == IndexLayout.TagOf(value) && distance < IndexLayout.MaximumProbes, "a key is in a wrong place");
        if (reference != BlockLayout.Low(value))
        {
            _memory.Region.Write(offset, IndexLayout.Slot(IndexLayout.TagOf(value), reference));
        }

        CountPassing(_memory.HomeOf(hash), distance);
        MarkLive(reference);
        _slots++;
        _names += _reader.Entry.Kind == BlockKind.Name ? 1 : 0;
        _members += _reader.Entry.Kind is BlockKind.Section or BlockKind.Option ? 1 : 0;
        if (_reader.Entry.Kind == BlockKind.Table)
        {
            _tables.Note((uint)((bucket * IndexLayout.SlotsInBucket) + ((offset - _memory.OffsetOfBucket(bucket)) / IndexLayout.SlotSize)));
        }
    }

    // The newest version that is visible; 0 when all are hidden.
    private uint VisibleVersion(uint reference)
    {
        for (var link = 0; link < MaximumChain && reference != 0; link++)
        {
            var offset = (long)reference * BlockLayout.WordSize;
            Require(offset + BlockLayout.KeyOffset <= _top && offset >= _memory.ArenaStart, "a reference is out of bounds");
            var stamp = _memory.Region.Read(offset);
            Require(!BlockLayout.IsBeingWritten(stamp), "an entry in the index is half written");
            if (BlockLayout.RevisionOf(stamp) <= _visible)
            {
                return reference;
            }

            reference = BlockLayout.Older(_memory.Region.Read(offset + BlockLayout.DescriptorOffset));
        }

        Require(reference == 0, "a chain of versions is too long");
        return 0;
    }

    private void CheckOrder()
    {
        var listed = 0L;
        var names = 0L;
        if (_reader.Find(SegmentKey.Module, _visible) == LookupResult.Found)
        {
            var next = _reader.Entry.NextSection;
            foreach (var slot in Members())
            {
                LoadMember(slot, BlockKind.Section);
                var id = _reader.Entry.SectionId;
                Require(id > 0 && id < next, "a section's id was never given");
                var name = _reader.Entry.NameBytes.ToArray();
                listed += 1 + CheckOptions(name);
                if (name.Length > 0)
                {
                    Require(_reader.Find(name, _visible) == LookupResult.Found && _reader.Entry.SectionId == id, "a section's name leads elsewhere");
                    names++;
                }
            }
        }

        Require(listed == _members, "an entry is in no list");
        Require(names == _names, "a name belongs to no section");
    }

    private long CheckOptions(byte[] name)
    {
        var listed = 0L;
        var prefix = name.Length > 0 ? name : _reader.Entry.Key.ToArray();
        foreach (var slot in Members())
        {
            LoadMember(slot, BlockKind.Option);
            var key = _reader.Entry.Key;
            var isOwn = key.Length > prefix.Length + 1
                && key.StartsWith(prefix) && key[prefix.Length] == (byte)'.' && SegmentKey.IsName(key[(prefix.Length + 1)..]);
            Require(isOwn, "a section lists an option that is not its own");
            listed++;
        }

        return listed;
    }

    /// <summary>The members of the list of the entry just read; its blocks count as live.</summary>
    internal IEnumerable<uint> Members()
    {
        var list = _reader.Entry.ListReference;
        var count = _reader.Entry.ListCount;
        var leaves = ListReader.Leaves(_reader, list, _visible);
        foreach (var leaf in leaves)
        {
            MarkLive(leaf);
        }

        if (list != 0 && (leaves.Count != 1 || leaves[0] != list))
        {
            MarkLive(list);
        }

        return Ahead(leaves, count);
    }

    private IEnumerable<uint> Ahead(IReadOnlyList<uint> leaves, int count)
    {
        var seen = 0L;
        foreach (var leaf in leaves)
        {
            var members = ListReader.Leaf(_reader, leaf, _visible);
            seen += members.Length;
            for (var index = 0; index < members.Length; index++)
            {
                PrefetchMember(members, index);
                yield return members[index];
            }
        }

        Require(seen == count, "a list does not have as many members as its owner says");
    }

    private void PrefetchMember(uint[] members, int index)
    {
        if (index + SlotsAhead < members.Length)
        {
            _memory.Region.Prefetch(_memory.OffsetOfSlot(members[index + SlotsAhead]));
        }

        if (index + HeadsAhead < members.Length && _memory.IsSlot(members[index + HeadsAhead]))
        {
            var head = BlockLayout.Low(_memory.Region.Read(_memory.OffsetOfSlot(members[index + HeadsAhead])));
            _memory.Region.Prefetch((long)head * BlockLayout.WordSize);
        }
    }

    /// <summary>Copies the entry in a slot that a list names; no other list may name it.</summary>
    internal void LoadMember(uint slot, BlockKind kind)
    {
        Require(_memory.IsSlot(slot), "a list names a slot that is not there");
        ref var word = ref _listed[slot / BitsInWord];
        var bit = 1UL << (int)(slot % BitsInWord);
        Require((word & bit) == 0, "an entry is listed twice");
        word |= bit;
        Require(_reader.FindAt(slot, _visible) == LookupResult.Found && _reader.Entry.Kind == kind, "a list names an entry that is not there");
    }

    private void SettleBlocks(BlockStore blocks)
    {
        var found = 0L;
        for (var offset = _memory.ArenaStart; offset < _top;)
        {
            var sizeClass = BlockLayout.ClassOf(_memory.Region.Read(offset + BlockLayout.DescriptorOffset));
            var size = SizeClasses.SizeOf(sizeClass);
            Require(size > 0 && offset + size <= _top, "the blocks do not follow one another");
            var isLive = IsLive(offset);
            found += isLive ? 1 : 0;
            blocks.Adopt((uint)(offset / BlockLayout.WordSize), sizeClass, isLive);
            offset += size;
        }

        Require(found == _liveCount, "a reference leads into the middle of a block");
    }

    private void Load(uint reference) => _ = _reader.ReadBlock(reference, _visible);

    private void CountPassing(long home, long distance)
    {
        for (var step = 0; step < distance; step++)
        {
            ref var count = ref _passed[_memory.BucketBehind(home, step)];
            count = count == ushort.MaxValue ? count : (ushort)(count + 1);
        }
    }

    private void NoteChange(long bucket)
    {
        var offset = _memory.OffsetOfBucket(bucket) + IndexLayout.BucketWordOffset;
        _memory.Region.Write(offset, unchecked(_memory.Region.Read(offset) + (1UL << IndexLayout.ChangeShift)));
    }

    private void MarkLive(uint reference)
    {
        var number = (((long)reference * BlockLayout.WordSize) - _memory.ArenaStart) / BlockLayout.WordSize;
        Require(number >= 0 && number < (long)_liveBlocks.Length * BitsInWord, "a reference is out of bounds");
        ref var word = ref _liveBlocks[number / BitsInWord];
        var bit = 1UL << (int)(number % BitsInWord);
        Require((word & bit) == 0, "a block is used twice");
        word |= bit;
        _liveCount++;
    }

    private bool IsLive(long offset)
    {
        var number = (offset - _memory.ArenaStart) / BlockLayout.WordSize;
        return (_liveBlocks[number / BitsInWord] & (1UL << (int)(number % BitsInWord))) != 0;
    }

    /// <summary>What to throw when a file cannot be kept.</summary>
    internal static SegmentException NotKept(SegmentMemory memory, string why) => memory.Corrupt($"The segment cannot be kept: {why}.");

    /// <summary>Throws when something that must hold does not.</summary>
    internal static void Require(SegmentMemory memory, bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw NotKept(memory, otherwise);
        }
    }

    private void Require(bool isTrue, string otherwise) => Require(_memory, isTrue, otherwise);
}
