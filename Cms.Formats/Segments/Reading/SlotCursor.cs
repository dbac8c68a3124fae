using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Goes through the slot numbers of a list as of a revision, with memory of its own for one leaf.</summary>
/// <remarks>
/// The reader may be used for other things between two steps. Entries lie in another order than lists name them, so each
/// would be a wait for memory if nobody asked for it beforehand.
/// </remarks>
internal sealed class SlotCursor
{
    private const int SlotsAhead = 16;
    private const int HeadsAhead = 8;
    private readonly EntryReader _reader;
    private readonly IReadOnlyList<uint> _leaves;
    private readonly uint[] _members = new uint[BlockLayout.LeafCapacity];
    private readonly long _revision;
    private readonly int _count;
    private int _leaf;
    private int _inLeaf;
    private int _next;
    private long _seen;

    /// <summary>The members of a list.</summary>
    /// <param name="reader">Reads the blocks.</param>
    /// <param name="reference">The list's first block, 0 when it is empty.</param>
    /// <param name="count">How many members its owner says it has.</param>
    /// <param name="revision">The revision of the owner's reader.</param>
    public SlotCursor(EntryReader reader, uint reference, int count, long revision)
    {
        _reader = reader;
        _leaves = ListReader.Leaves(reader, reference, revision);
        _count = count;
        _revision = revision;
    }

    /// <summary>One member.</summary>
    public SlotCursor(EntryReader reader, uint slot)
    {
        _reader = reader;
        _leaves = [];
        _members[0] = slot;
        _inLeaf = 1;
        _seen = 1;
        _count = 1;
    }

    /// <summary>The member that the last step went to.</summary>
    public uint Current { get; private set; }

    /// <summary>Goes to the next member.</summary>
    /// <exception cref="SnapshotTooOldException">The revision is no longer kept.</exception>
    /// <exception cref="SegmentException">The list contradicts itself.</exception>
    public bool MoveNext()
    {
        while (_next == _inLeaf)
        {
            if (_leaf == _leaves.Count)
            {
                return _seen == _count ? false : throw WrongCount();
            }

            _inLeaf = ListReader.Leaf(_reader, _leaves[_leaf++], _revision, _members);
            _next = 0;
            _seen += _inLeaf;
            if (_seen > _count)
            {
                throw WrongCount();
            }
        }

        Prefetch();
        Current = _members[_next++];
        return true;
    }

    private SegmentException WrongCount() => _reader.Memory.Corrupt("A list does not have as many members as its owner says.");

    private void Prefetch()
    {
        var memory = _reader.Memory;
        if (_next + SlotsAhead < _inLeaf)
        {
            memory.Region.Prefetch(memory.OffsetOfSlot(_members[_next + SlotsAhead]));
        }

        if (_next + HeadsAhead < _inLeaf && memory.IsSlot(_members[_next + HeadsAhead]))
        {
            var head = BlockLayout.Low(memory.Region.Read(memory.OffsetOfSlot(_members[_next + HeadsAhead])));
            memory.Region.Prefetch((long)head * BlockLayout.WordSize);
        }
    }
}
