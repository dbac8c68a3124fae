using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;

namespace Cms.Formats.Segments.Layout;

/// <summary>A private copy of one block, taken apart with every size checked against the block's.</summary>
/// <remarks>One thread at a time; a new copy takes the place of the last one.</remarks>
internal sealed class EntryCopy
{
    private readonly WordBuffer _buffer = new();
    private int _valueOffset;
    private int _valueSize;
    private long _changed;

    /// <summary>Bytes of the block.</summary>
    public int Size { get; private set; }

    /// <summary>Word 0.</summary>
    public ulong Stamp => _buffer[0];

    /// <summary>Word 1.</summary>
    public ulong Descriptor => _buffer[1];

    /// <summary>The revision that wrote the block.</summary>
    public long Revision => BlockLayout.RevisionOf(Stamp);

    /// <summary>What it holds.</summary>
    public BlockKind Kind => (BlockKind)(BlockLayout.KindByte(Descriptor) & BlockLayout.KindMask);

    /// <summary>Whether the entry says that its key is gone.</summary>
    public bool IsDeleted => BlockLayout.IsDeleted(Descriptor);

    /// <summary>All bytes of the block.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.Bytes(Size);

    /// <summary>The key; empty when its size does not fit.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            var size = BlockLayout.CountOf(Descriptor);
            return size <= Size - BlockLayout.KeyOffset ? Bytes.Slice(BlockLayout.KeyOffset, size) : default;
        }
    }

    /// <summary>In an entry with a list: its reference, 0 when empty.</summary>
    public uint ListReference => unchecked((uint)ListWord);

    /// <summary>In an entry with a list: how many members it has.</summary>
    public int ListCount => (int)Math.Min(ListWord >> 32, int.MaxValue);

    /// <summary>What an entry of tables holds.</summary>
    public TableEntryKind TableKind => (TableEntryKind)((BlockLayout.KindByte(Descriptor) >> BlockLayout.TypeShift) & BlockLayout.TypeMask);

    /// <summary>In an entry of tables: the word that its key begins with.</summary>
    public ulong TableWord => _buffer[BlockLayout.KeyOffset / BlockLayout.WordSize];

    /// <summary>In a table's entry: its id; in the directory: the id of the next table.</summary>
    public long TableId => unchecked((long)_buffer[(BlockLayout.ListOffsetOf(Descriptor) + BlockLayout.TableIdOffset) / BlockLayout.WordSize]);

    /// <summary>In a row's entry: what follows the key, with the block's padding.</summary>
    public ReadOnlySpan<byte> RowContent => Bytes[(BlockLayout.KeyOffset + BlockLayout.CountOf(Descriptor))..];

    /// <summary>In a module entry: the id of the next section.</summary>
    public long NextSection => unchecked((long)_buffer[BlockLayout.ModuleNextOffset / BlockLayout.WordSize]);

    /// <summary>In a section or name entry: the section's id; else 0.</summary>
    public long SectionId { get; private set; }

    /// <summary>In a section entry: the commit that last changed the section itself; in an option entry: the option.</summary>
    public long Changed => _changed;

    /// <summary>In a section entry: its type.</summary>
    public ReadOnlySpan<byte> TypeBytes => Bytes.Slice(BlockLayout.SectionTextOffset, Bytes[BlockLayout.SectionSizesOffset]);

    /// <summary>In a section entry: its name, empty when anonymous.</summary>
    public ReadOnlySpan<byte> NameBytes =>
        Bytes.Slice(BlockLayout.SectionTextOffset + Bytes[BlockLayout.SectionSizesOffset], Bytes[BlockLayout.SectionSizesOffset + 1]);

    /// <summary>In an option entry: the type of its value or elements.</summary>
    public ElementType ElementType => BlockLayout.ElementTypeOf(BlockLayout.KindByte(Descriptor));

    /// <summary>In an option entry: whether its value is a list.</summary>
    public bool IsList => BlockLayout.IsList(BlockLayout.KindByte(Descriptor));

    /// <summary>In an option entry: its value's encoding, after <see cref="IsWellFormed"/>.</summary>
    public ReadOnlySpan<byte> Value => Bytes.Slice(_valueOffset, _valueSize);

    /// <summary>Takes the first words that the caller has read, and copies the rest of the block.</summary>
    public void Load(MappedRegion region, long offset, ulong stamp, ulong descriptor, int size)
    {
        SectionId = 0;
        _changed = 0;
        _valueSize = 0;
        var words = _buffer.Words(size / BlockLayout.WordSize);
        region.ReadWords(offset + (2 * BlockLayout.WordSize), words[2..]);
        words[0] = stamp;
        words[1] = descriptor;
        Size = size;
    }

    /// <summary>Whether the entry keeps the format; afterwards its parts can be read.</summary>
    public bool IsWellFormed()
    {
        var keySize = BlockLayout.CountOf(Descriptor);
        if (keySize > BlockLayout.MaximumKeySize || keySize > Size - BlockLayout.KeyOffset)
        {
            return false;
        }

        return Kind switch
        {
            BlockKind.Module => Key.SequenceEqual(SegmentKey.Module) && Size >= BlockLayout.ModuleSize,
            BlockKind.Section => IsSection(keySize),
            BlockKind.Name => IsNameEntry(keySize),
            BlockKind.Option => IsOption(keySize),
            BlockKind.Table => keySize >= SegmentKey.TableWordSize && (IsDeleted || IsTable()),
            _ => false,
        };
    }

    /// <summary>The section that this entry shows.</summary>
    public SectionView ToSection() => new(
        new(SectionId),
        Encoding.Latin1.GetString(TypeBytes),
        NameBytes.Length == 0 ? null : Encoding.Latin1.GetString(NameBytes),
        new(_changed));

    /// <summary>The value of this option entry, in memory of its own; null when it is no value.</summary>
    public ConfigValue? ToValue() => ConfigValue.TryDecode(ElementType, IsList, Value.ToArray(), out var value) ? value : null;

    private ulong ListWord => _buffer[BlockLayout.ListOffsetOf(Descriptor) / BlockLayout.WordSize];

    private bool IsTable()
    {
        var rest = Size - BlockLayout.ListOffsetOf(Descriptor);
        return TableKind switch
        {
            TableEntryKind.Row => true,
            TableEntryKind.Value => rest >= BlockLayout.WordSize,
            TableEntryKind.Directory => rest >= BlockLayout.TableIdOffset + BlockLayout.WordSize,
            _ => rest > BlockLayout.TableColumnsOffset,
        };
    }

    private bool IsSection(int keySize)
    {
        if (keySize != SegmentKey.IdSize || Size < BlockLayout.SectionTextOffset)
        {
            return IsTombstoneOf(keySize);
        }

        SectionId = SegmentKey.ReadId(Key);
        _changed = BinaryPrimitives.ReadInt64LittleEndian(Bytes[BlockLayout.SectionChangedOffset..]);
        var textSize = Bytes[BlockLayout.SectionSizesOffset] + Bytes[BlockLayout.SectionSizesOffset + 1];
        return IsDeleted || textSize <= Size - BlockLayout.SectionTextOffset;
    }

    private bool IsTombstoneOf(int keySize)
    {
        if (!IsDeleted || keySize != SegmentKey.IdSize)
        {
            return false;
        }

        SectionId = SegmentKey.ReadId(Key);
        return true;
    }

    private bool IsNameEntry(int keySize)
    {
        var rest = Bytes[(BlockLayout.KeyOffset + keySize)..];
        var isNumber = Varint.TryRead(ref rest, out var id);
        SectionId = id;
        return IsDeleted || isNumber;
    }

    private bool IsOption(int keySize)
    {
        if (IsDeleted)
        {
            return true;
        }

        var rest = Bytes[(BlockLayout.KeyOffset + keySize)..];
        _changed = Revision;
        if (((BlockLayout.KindByte(Descriptor) & BlockLayout.ChangedFlag) != 0 && !Varint.TryRead(ref rest, out _changed))
            || !Varint.TryRead(ref rest, out var size)
            || size > rest.Length)
        {
            return false;
        }

        _valueOffset = Size - rest.Length;
        _valueSize = (int)size;
        return true;
    }
}
