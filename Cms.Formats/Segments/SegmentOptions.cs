namespace Cms.Formats.Segments;

/// <summary>Settings of one module's segment, fixed when its file is made.</summary>
public sealed record SegmentOptions
{
    /// <summary>The largest <see cref="MaximumBytes"/>: references have 32 bits and count 8 bytes each.</summary>
    public const long LargestMaximumBytes = 32L << 30;

    /// <summary>The smallest <see cref="MaximumBytes"/>.</summary>
    public const long SmallestMaximumBytes = 64 << 10;

    /// <summary>The largest <see cref="RetainedCommits"/>.</summary>
    public const int LargestRetainedCommits = 16384;

    private const int PageSize = 4096;

    /// <summary>Bytes that the file may ever take and that readers map; a multiple of 4096. 4 GiB by default.</summary>
    public long MaximumBytes { get; init; } = 4L << 30;

    /// <summary>Entries that the index of a new file has room for; it grows by itself.</summary>
    public int InitialEntries { get; init; } = 1024;

    /// <summary>How many past commits stay readable, at most; 0 keeps the newest alone.</summary>
    public int RetainedCommits { get; init; } = 4096;

    /// <summary>Bytes of replaced entries beyond which old commits stop being readable, however few they are.</summary>
    public long RetainedBytes { get; init; } = 4 << 20;

    /// <summary>Bytes by which the file's space grows at least.</summary>
    public int GrowthBytes { get; init; } = 16 << 10;

    /// <summary>What this segment and others may take together; null when there is no such bound.</summary>
    public SegmentBudget? Budget { get; init; }

    /// <summary>The number of the Unix group whose members may read the file (0640); null when only its owner may (0600).</summary>
    public uint? Group { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        Check(nameof(MaximumBytes), MaximumBytes, SmallestMaximumBytes, LargestMaximumBytes);
        Check(nameof(InitialEntries), InitialEntries, 1, int.MaxValue);
        Check(nameof(RetainedCommits), RetainedCommits, 0, LargestRetainedCommits);
        Check(nameof(RetainedBytes), RetainedBytes, 0, LargestMaximumBytes);
        Check(nameof(GrowthBytes), GrowthBytes, PageSize, 1 << 30);
        if (MaximumBytes % PageSize != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(MaximumBytes), MaximumBytes, "Must be a multiple of 4096.");
        }
    }

    private static void Check(string name, long value, long least, long greatest)
    {
        if (value < least || value > greatest)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Must be {least} to {greatest}.");
        }
    }
}
