// Invariants:
// - A replaced block is given back only when the header's oldest revision, raised before, has reached the revision that
//   replaced it: whoever reads at an older revision sees that and starts anew.
// - Items are in the order of their revisions, because commits are.
// - A tombstone that was replaced is in the queue twice, from when it was written and from when it was replaced. Its bytes
//   count from the first time on, and it is given back, and no longer counted, at the second.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Keeps what commits replaced readable for a while, and then gives it back.</summary>
/// <remarks>Writer thread only. Bounded by <see cref="SegmentOptions.RetainedCommits"/> and <see cref="SegmentOptions.RetainedBytes"/>.</remarks>
internal sealed class VersionRetention(SegmentMemory memory, BlockStore blocks, IndexWriter index, SegmentOptions options)
{
    private readonly Queue<Item> _items = new();
    private long _bytes;

    /// <summary>A fault for tests of the tests.</summary>
    public PlantedFault Fault { get; set; }

    /// <summary>Bytes held for readers of past revisions.</summary>
    public long Bytes => _bytes;

    /// <summary>A block that <paramref name="revision"/> replaced.</summary>
    public void Retire(long revision, uint reference)
    {
        if (Fault == PlantedFault.BlockReusedEarly)
        {
            blocks.Free(reference);
            return;
        }

        _items.Enqueue(new(revision, reference, null));
        _bytes += IsTombstone(reference) ? 0 : blocks.SizeOf(reference);
    }

    /// <summary>A tombstone that <paramref name="revision"/> wrote into <paramref name="slot"/>.</summary>
    public void RetireTombstone(long revision, uint reference, uint slot)
    {
        _items.Enqueue(new(revision, reference, slot));
        _bytes += blocks.SizeOf(reference);
    }

    /// <summary>Gives back what the settings no longer keep, now that <paramref name="visible"/> is visible.</summary>
    public void Release(long visible)
    {
        var oldest = Math.Max(memory.Oldest, visible - options.RetainedCommits);
        var excess = _bytes - options.RetainedBytes;
        foreach (var item in _items)
        {
            if (excess <= 0 || item.Revision > visible)
            {
                break;
            }

            oldest = Math.Max(oldest, item.Revision);
            excess -= IsReplacedTombstone(item) ? 0 : blocks.SizeOf(item.Reference);
        }

        ReleaseTo(oldest);
    }

    /// <summary>Gives back all that <paramref name="visible"/> and earlier revisions replaced; only the visible one can be read then.</summary>
    public void ReleaseAll(long visible) => ReleaseTo(visible);

    private void ReleaseTo(long oldest)
    {
        if (oldest > memory.Oldest && Fault != PlantedFault.OldestNotRaised)
        {
            memory.Region.Write(HeaderLayout.OldestOffset, (ulong)oldest);
        }

        while (_items.TryPeek(out var item) && item.Revision <= oldest)
        {
            _ = _items.Dequeue();
            if (!IsReplacedTombstone(item))
            {
                _bytes -= blocks.SizeOf(item.Reference);
                Release(item);
            }
        }
    }

    private void Release(Item item)
    {
        if (item.Slot is { } slot)
        {
            var offset = (long)item.Reference * BlockLayout.WordSize;
            var size = BlockLayout.CountOf(memory.Region.Read(offset + BlockLayout.DescriptorOffset));
            index.Clear(slot, memory.HashOf(memory.Region.Bytes(offset + BlockLayout.KeyOffset, size)));
        }

        blocks.Free(item.Reference);
    }

    // A tombstone whose key was set again is no longer at the head; then whoever replaced it has retired it.
    private bool IsReplacedTombstone(Item item) => item.Slot is { } slot && index.Head(slot) != item.Reference;

    private bool IsTombstone(uint reference) =>
        BlockLayout.IsDeleted(memory.Region.Read(((long)reference * BlockLayout.WordSize) + BlockLayout.DescriptorOffset));

    private readonly record struct Item(long Revision, uint Reference, uint? Slot);
}
