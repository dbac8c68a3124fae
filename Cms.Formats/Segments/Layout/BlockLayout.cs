using Cms.Formats.Modules;

namespace Cms.Formats.Segments.Layout;

/// <summary>The parts of a block: bytes from its start, and the fields packed into its first words.</summary>
/// <remarks>
/// Word 0 is the stamp: revision (40 bits), sequence (23 bits), being-written (1 bit).
/// Word 1 is older (32 bits, in units of 8 bytes), class (8), kind and flags (8), key size or member count (16).
/// In an entry the key begins at word 2.
/// </remarks>
internal static class BlockLayout
{
    public const int WordSize = sizeof(ulong);
    public const int StampOffset = 0;
    public const int DescriptorOffset = 8;
    public const int KeyOffset = 16;

    /// <summary>In a module or section entry: reference and member count of its list, 32 bits each.</summary>
    public const int ListOffset = 32;

    public const int ModuleNextOffset = 24;
    public const int ModuleSize = 40;
    public const int SectionSizesOffset = 24;
    public const int SectionChangedOffset = 40;
    public const int SectionTextOffset = 48;

    /// <summary>In an entry of tables, bytes from its list word to the id of the next table, or to the table's own id.</summary>
    public const int TableIdOffset = 8;

    /// <summary>In a table's entry, bytes from its list word to the commit that created it.</summary>
    public const int TableCreatedOffset = 16;

    /// <summary>In a table's entry, bytes from its list word to its columns.</summary>
    public const int TableColumnsOffset = 24;

    public const int LeafMembersOffset = 16;

    /// <summary>The most members of a leaf; a full leaf takes 1024 bytes.</summary>
    public const int LeafCapacity = 252;

    /// <summary>In a root: number of leaves and next leaf id, 32 bits each.</summary>
    public const int RootHeadOffset = 16;

    public const int RootLeavesOffset = 24;
    public const int RootLeafSize = 16;

    /// <summary>The longest key: a name, a dot and a name.</summary>
    public const int MaximumKeySize = 511;

    /// <summary>The longest encoding of a value.</summary>
    public const int MaximumValueSize = 8 << 20;

    /// <summary>The least size of a block.</summary>
    public const int SmallestSize = 24;

    public const int KindMask = 0x07;
    public const int DeletedFlag = 0x08;
    public const int TypeShift = 4;
    public const int TypeMask = 0x03;
    public const int ListFlag = 0x40;
    public const int ChangedFlag = 0x80;

    public const int RevisionShift = 24;
    private const ulong PlainOptionMask = KindMask | DeletedFlag | ChangedFlag;
    private const int ClassShift = 32;
    private const int KindShift = 40;
    private const int CountShift = 48;

    /// <summary>The greatest revision that a stamp can hold.</summary>
    public const long MaximumRevision = (1L << 40) - 1;

    public static long RevisionOf(ulong stamp) => (long)(stamp >> RevisionShift);

    /// <summary>The low 32 bits of a word: a reference or a count.</summary>
    public static uint Low(ulong word) => unchecked((uint)word);

    /// <summary>The high 32 bits of a word.</summary>
    public static uint High(ulong word) => (uint)(word >> 32);

    public static bool IsBeingWritten(ulong stamp) => (stamp & 1) != 0;

    /// <summary>The least stamp of a revision.</summary>
    public static ulong FirstStamp(long revision) => (ulong)revision << RevisionShift;

    public static uint Older(ulong descriptor) => unchecked((uint)descriptor);

    public static int ClassOf(ulong descriptor) => unchecked((byte)(descriptor >> ClassShift));

    public static int KindByte(ulong descriptor) => unchecked((byte)(descriptor >> KindShift));

    /// <summary>Whether this is an entry that says that its key is gone.</summary>
    public static bool IsDeleted(ulong descriptor) => (KindByte(descriptor) & DeletedFlag) != 0;

    /// <summary>The type of an option's value or of its elements.</summary>
    public static ElementType ElementTypeOf(int kindByte) => (ElementType)((kindByte >> TypeShift) & TypeMask);

    /// <summary>Whether an option's value is a list.</summary>
    public static bool IsList(int kindByte) => (kindByte & ListFlag) != 0;

    /// <summary>Bytes of the key of an entry, members of a leaf.</summary>
    public static int CountOf(ulong descriptor) => (int)(descriptor >> CountShift);

    /// <summary>Bytes from an entry's start to its list word.</summary>
    public static int ListOffsetOf(ulong descriptor) => (KindByte(descriptor) & KindMask) == (int)BlockKind.Table
        ? KeyOffset + ((CountOf(descriptor) + WordSize - 1) / WordSize * WordSize)
        : ListOffset;

    /// <summary>Whether this is a live option with a key of this size, and the size of its value right behind the key.</summary>
    public static bool IsPlainOption(ulong descriptor, int keySize) =>
        ((descriptor >> KindShift) & PlainOptionMask) == (ulong)BlockKind.Option && (descriptor >> CountShift) == (ulong)keySize;

    /// <summary>Whether this is an option that is not deleted.</summary>
    public static bool IsLiveOption(ulong descriptor) => ((descriptor >> KindShift) & (KindMask | DeletedFlag)) == (ulong)BlockKind.Option;

    public static ulong Descriptor(uint older, int sizeClass, int kindByte, int count) =>
        older | ((ulong)sizeClass << ClassShift) | ((ulong)kindByte << KindShift) | ((ulong)count << CountShift);
}
