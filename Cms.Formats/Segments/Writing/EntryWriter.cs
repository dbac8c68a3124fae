// Invariants:
// - The head of a chain is in the key's slot; each version links to the one before it, which belongs to an older revision:
//   of the revision being written there is at most one version of a key.
// - A hidden version that is replaced is free at once, but for a tombstone: its place in the retention queue must not
//   find another block at its reference.
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Writes versions of entries and hangs them into the index.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class EntryWriter(SegmentMemory memory, BlockStore blocks, IndexWriter index, VersionRetention retention, EntryBuilder builder)
{
    /// <summary>The revision that is being written.</summary>
    public long Revision { get; set; }

    /// <summary>Where the next version is put together before <see cref="Put"/>.</summary>
    public EntryBuilder Builder => builder;

    /// <summary>The entry last read by <see cref="Load"/>.</summary>
    public EntryCopy Entry { get; } = new();

    /// <summary>The slot of a key whose newest version is not a tombstone; null when there is none.</summary>
    public uint? FindLive(ReadOnlySpan<byte> key) =>
        index.Find(key, memory.HashOf(key)) is { } slot && !IsDeleted(index.Head(slot)) ? slot : null;

    /// <summary>The slot of a key, whatever its newest version is; null when it has none.</summary>
    public uint? FindAny(ReadOnlySpan<byte> key, ulong hash) => index.Find(key, hash);

    /// <summary>Copies the newest version in a slot to <see cref="Entry"/>.</summary>
    public EntryCopy Load(uint slot)
    {
        var offset = OffsetOf(index.Head(slot));
        var descriptor = memory.Region.Read(offset + BlockLayout.DescriptorOffset);
        Entry.Load(memory.Region, offset, memory.Region.Read(offset), descriptor, SizeClasses.SizeOf(BlockLayout.ClassOf(descriptor)));
        return Entry.IsWellFormed() ? Entry : throw memory.Corrupt("An entry does not keep the format.");
    }

    /// <summary>What the next version of a key links to.</summary>
    public uint OlderFor(uint? slot)
    {
        if (slot is not { } known)
        {
            return 0;
        }

        var head = index.Head(known);
        return IsHidden(head) ? BlockLayout.Older(DescriptorOf(head)) : head;
    }

    /// <summary>Whether the newest version in a slot is a tombstone.</summary>
    public bool IsTombstone(uint slot) => IsDeleted(index.Head(slot));

    /// <summary>Writes what the builder holds as the newest version of a key.</summary>
    /// <param name="slot">The key's slot, or null when it has none yet.</param>
    /// <param name="hash">The key's hash.</param>
    /// <param name="stampRevision">The revision in the stamp, when it is not the one being written.</param>
    /// <returns>The key's slot.</returns>
    public uint Put(uint? slot, ulong hash, long? stampRevision = null)
    {
        var reference = blocks.Put(builder, stampRevision ?? Revision);
        if (slot is not { } known)
        {
            return index.Insert(hash, reference);
        }

        var head = index.Head(known);
        index.Replace(known, reference);
        if (IsHidden(head) && !IsDeleted(head))
        {
            blocks.Free(head);
        }
        else
        {
            retention.Retire(Revision, head);
        }

        return known;
    }

    /// <summary>Makes a key's newest version one that the revision being written may change in place.</summary>
    /// <returns>Bytes from the start of the file to it.</returns>
    public long MakeHidden(uint slot)
    {
        var head = index.Head(slot);
        if (!IsHidden(head))
        {
            builder.Clone(Load(slot), head);
            _ = Put(slot, 0);
        }

        return OffsetOf(index.Head(slot));
    }

    /// <summary>Ends a key: by a tombstone, or without a trace when only the revision being written knew it.</summary>
    public void Delete(uint slot, BlockKind kind, ReadOnlySpan<byte> key)
    {
        var head = index.Head(slot);
        var older = OlderFor(slot);
        if (older == 0)
        {
            index.Clear(slot, memory.HashOf(key));
            blocks.Free(head);
            return;
        }

        builder.Tombstone(kind, key, older);
        _ = Put(slot, 0);
        retention.RetireTombstone(Revision, index.Head(slot), slot);
    }

    private static long OffsetOf(uint reference) => (long)reference * BlockLayout.WordSize;

    private ulong DescriptorOf(uint reference) => memory.Region.Read(OffsetOf(reference) + BlockLayout.DescriptorOffset);

    private bool IsDeleted(uint reference) => BlockLayout.IsDeleted(DescriptorOf(reference));

    private bool IsHidden(uint reference) => BlockLayout.RevisionOf(memory.Region.Read(OffsetOf(reference))) == Revision;
}
