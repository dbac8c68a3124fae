namespace Cms.Formats.Segments.Layout;

/// <summary>Where the words of the header page are, in bytes from the start of the file, and what they may hold.</summary>
internal static class HeaderLayout
{
    /// <summary>The bytes "CMSSEG", CR, LF, read as a little-endian word.</summary>
    public const ulong Magic = 0x0A0D_4745_5353_4D43;

    /// <summary>The format that this code reads and writes.</summary>
    public const uint FormatVersion = 2;

    /// <summary>Bytes of the header page.</summary>
    public const int HeaderSize = 4096;

    // Frozen over all formats.
    public const long MagicOffset = 0;
    public const long VersionOffset = 8;
    public const long MarkOffset = 16;
    public const long JournalIdOffset = 24;

    // Constant during the life of the file.
    public const long HashSeedOffset = 64;
    public const long HashSeedSecondOffset = 72;
    public const long MaximumSizeOffset = 80;
    public const long IndexOffset = 88;
    public const long BucketCountOffset = 96;
    public const long ArenaOffset = 104;
    public const long ChecksumOffset = 112;

    // Changed by the writer, read by everybody.
    public const long VisibleOffset = 128;
    public const long OldestOffset = 136;
    public const long FutexOffset = 144;
    public const long EndOffset = 152;
    public const long EpochOffset = 160;

    // The writer's own; nobody trusts it.
    public const long TopOffset = 192;
    public const long BootIdOffset = 200;

    /// <summary>The file is being built; its path does not lead to it yet.</summary>
    public const ulong MarkBuilding = 0;

    /// <summary>The file holds the module.</summary>
    public const ulong MarkLive = 1;

    /// <summary>Another file takes, or has taken, this one's place.</summary>
    public const ulong MarkSuperseded = 2;
}
