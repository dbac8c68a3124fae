using System.Buffers.Binary;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Puts one block together in private memory; <see cref="BlockStore.Put"/> then writes it.</summary>
/// <remarks>One thread at a time. Word 0 and the class are filled in by the store.</remarks>
internal sealed class EntryBuilder
{
    private readonly WordBuffer _buffer = new();

    /// <summary>Bytes used so far.</summary>
    public int Size { get; private set; }

    /// <summary>The words that hold them; the last one is padded with zeros.</summary>
    public Span<ulong> Words(int size) => _buffer.Words(size / BlockLayout.WordSize);

    /// <summary>A tombstone: this key is gone.</summary>
    public void Tombstone(BlockKind kind, ReadOnlySpan<byte> key, uint older) =>
        Begin((int)kind | BlockLayout.DeletedFlag, key, older, BlockLayout.KeyOffset + key.Length);

    /// <summary>The module entry.</summary>
    public void Module(uint older, long nextSection, uint list, int listCount)
    {
        Begin((int)BlockKind.Module, SegmentKey.Module, older, BlockLayout.ModuleSize);
        Number(BlockLayout.ModuleNextOffset, nextSection);
        Number(BlockLayout.ListOffset, ListWord(list, listCount));
    }

    /// <summary>A section entry.</summary>
    public void Section(in SectionState section, uint older)
    {
        Span<byte> key = stackalloc byte[SegmentKey.IdSize];
        SegmentKey.WriteId(key, section.Id);
        Begin((int)BlockKind.Section, key, older, BlockLayout.SectionTextOffset + section.Type.Length + section.Name.Length);
        var bytes = _buffer.Bytes(Size);
        bytes[BlockLayout.SectionSizesOffset] = checked((byte)section.Type.Length);
        bytes[BlockLayout.SectionSizesOffset + 1] = checked((byte)section.Name.Length);
        Number(BlockLayout.ListOffset, ListWord(section.List, section.ListCount));
        Number(BlockLayout.SectionChangedOffset, section.Changed);
        section.Type.CopyTo(bytes[BlockLayout.SectionTextOffset..]);
        section.Name.CopyTo(bytes[(BlockLayout.SectionTextOffset + section.Type.Length)..]);
    }

    /// <summary>A name entry.</summary>
    public void Name(ReadOnlySpan<byte> name, uint older, long id)
    {
        Begin((int)BlockKind.Name, name, older, BlockLayout.KeyOffset + name.Length + Varint.SizeOf(id));
        _ = Varint.Write(_buffer.Bytes(Size)[(BlockLayout.KeyOffset + name.Length)..], id);
    }

    /// <summary>An option entry.</summary>
    public void Option(ReadOnlySpan<byte> key, uint older, in OptionState option)
    {
        var kind = (int)BlockKind.Option | ((int)option.ElementType << BlockLayout.TypeShift)
            | (option.IsList ? BlockLayout.ListFlag : 0) | (option.Changed is null ? 0 : BlockLayout.ChangedFlag);
        Begin(kind, key, older, OptionSize(key.Length, option.Changed, option.Value.Length));
        var rest = _buffer.Bytes(Size)[(BlockLayout.KeyOffset + key.Length)..];
        if (option.Changed is { } changed)
        {
            rest = rest[Varint.Write(rest, changed)..];
        }

        rest = rest[Varint.Write(rest, option.Value.Length)..];
        option.Value.CopyTo(rest);
    }

    /// <summary>Bytes of an option entry before rounding.</summary>
    public static int OptionSize(int keySize, long? changed, int valueSize) =>
        BlockLayout.KeyOffset + keySize + (changed is { } number ? Varint.SizeOf(number) : 0)
        + Varint.SizeOf(valueSize) + valueSize;

    /// <summary>An entry of tables, zero behind its key.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="older">The version before it.</param>
    /// <param name="restSize">Bytes behind the key; for all but rows they begin at the next word.</param>
    /// <returns>Those bytes.</returns>
    public Span<byte> Table(TableEntryKind kind, ReadOnlySpan<byte> key, uint older, int restSize)
    {
        var start = BlockLayout.KeyOffset + key.Length;
        start = kind == TableEntryKind.Row ? start : (start + BlockLayout.WordSize - 1) / BlockLayout.WordSize * BlockLayout.WordSize;
        Begin((int)BlockKind.Table | ((int)kind << BlockLayout.TypeShift), key, older, start + restSize);
        return _buffer.Bytes(Size)[start..];
    }

    /// <summary>A leaf with these members and room for at least <paramref name="capacity"/>.</summary>
    public void Leaf(ReadOnlySpan<uint> members, int capacity)
    {
        Begin((int)BlockKind.Leaf, default, 0, BlockLayout.LeafMembersOffset + (capacity * sizeof(uint)));
        SetCount(members.Length);
        var bytes = _buffer.Bytes(Size)[BlockLayout.LeafMembersOffset..];
        for (var index = 0; index < members.Length; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(index * sizeof(uint))..], members[index]);
        }
    }

    /// <summary>A root with these leaves and room for at least <paramref name="capacity"/>.</summary>
    public void Root(ReadOnlySpan<LeafLink> leaves, uint nextId, int capacity)
    {
        Begin((int)BlockKind.Root, default, 0, BlockLayout.RootLeavesOffset + (capacity * BlockLayout.RootLeafSize));
        Number(BlockLayout.RootHeadOffset, (uint)leaves.Length | ((long)nextId << 32));
        for (var index = 0; index < leaves.Length; index++)
        {
            var offset = BlockLayout.RootLeavesOffset + (index * BlockLayout.RootLeafSize);
            Number(offset, leaves[index].Reference | ((long)leaves[index].Count << 32));
            Number(offset + BlockLayout.WordSize, leaves[index].Id);
        }
    }

    /// <summary>A copy of an entry that is to be changed under a newer revision.</summary>
    public void Clone(EntryCopy entry, uint older)
    {
        Size = entry.Size;
        entry.Bytes.CopyTo(_buffer.Bytes(Size));
        _buffer[1] = (entry.Descriptor & ~(ulong)uint.MaxValue) | older;
    }

    /// <summary>The list word of an entry.</summary>
    public static long ListWord(uint list, int count) => list | ((long)count << 32);

    private void Begin(int kindByte, ReadOnlySpan<byte> key, uint older, int size)
    {
        Size = size;
        _buffer.Words(SizeClasses.RoundUp(size) / BlockLayout.WordSize).Clear();
        _buffer[1] = BlockLayout.Descriptor(older, 0, kindByte, key.Length);
        key.CopyTo(_buffer.Bytes(size)[BlockLayout.KeyOffset..]);
    }

    private void SetCount(int count) => _buffer[1] |= (ulong)count << 48;

    private void Number(int offset, long value) => _buffer[offset / BlockLayout.WordSize] = unchecked((ulong)value);
}

/// <summary>What a section entry says.</summary>
internal readonly ref struct SectionState
{
    public required long Id { get; init; }

    public required ReadOnlySpan<byte> Type { get; init; }

    /// <summary>Empty when anonymous.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    public required long Changed { get; init; }

    public required uint List { get; init; }

    public required int ListCount { get; init; }
}

/// <summary>What an option entry says.</summary>
internal readonly ref struct OptionState
{
    public required ElementType ElementType { get; init; }

    public required bool IsList { get; init; }

    /// <summary>The commit that last set the option, when it is not the one that writes the entry.</summary>
    public required long? Changed { get; init; }

    public required ReadOnlySpan<byte> Value { get; init; }
}

/// <summary>A leaf as its root names it.</summary>
/// <param name="Reference">Where it is now.</param>
/// <param name="Count">How many members it has.</param>
/// <param name="Id">Its name in this list, never given again.</param>
internal readonly record struct LeafLink(uint Reference, uint Count, uint Id);
