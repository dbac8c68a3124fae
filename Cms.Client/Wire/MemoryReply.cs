namespace Cms.Client.Wire;

/// <summary>What the segments of a node take.</summary>
public sealed record MemoryReply
{
    /// <summary>Bytes that all segments may take together.</summary>
    public required long LimitBytes { get; init; }

    /// <summary>Bytes that they take.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>Every module that is running, or the one that was asked for.</summary>
    public required IReadOnlyList<ModuleMemory> Modules { get; init; }
}

/// <summary>What one module's segment takes, in bytes unless said otherwise.</summary>
public sealed record ModuleMemory
{
    /// <summary>Its name.</summary>
    public required string Module { get; init; }

    /// <summary>What it may take.</summary>
    public required long MaximumBytes { get; init; }

    /// <summary>What its file takes of the run directory.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>The index.</summary>
    public required long IndexBytes { get; init; }

    /// <summary>Blocks of the newest state.</summary>
    public required long LiveBytes { get; init; }

    /// <summary>Blocks of past revisions that can still be read.</summary>
    public required long RetainedBytes { get; init; }

    /// <summary>Blocks that wait to be used again.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>Free blocks in hundredths of all blocks.</summary>
    public required double FragmentationPercent { get; init; }

    /// <summary>How many keys it has.</summary>
    public required long Entries { get; init; }

    /// <summary>Its blocks by size, smallest first.</summary>
    public required IReadOnlyList<BlockUse> Blocks { get; init; }
}

/// <summary>The blocks of one size.</summary>
public sealed record BlockUse
{
    /// <summary>Bytes of each.</summary>
    public required int BlockBytes { get; init; }

    /// <summary>How many hold something.</summary>
    public required int Used { get; init; }

    /// <summary>How many are free.</summary>
    public required int Free { get; init; }
}
