using Cms.Formats.Segments;

namespace Cms.Tests.Segments;

/// <summary>What the worker process writes, so that tests can work out every revision of it for themselves.</summary>
internal static class StampedWorkload
{
    /// <summary>The most random changes in one commit.</summary>
    public const int MostChanges = 5;

    /// <summary>The journal that the commits pretend to come from.</summary>
    public static readonly Guid Journal = new("6f1c2a52-7f0e-4c5b-9d43-0a8b7c6d5e4f");

    /// <summary>Small bounds, so that growth, reuse and old snapshots happen soon.</summary>
    public static readonly SegmentOptions Options = new() { MaximumBytes = 16 << 20, InitialEntries = 64, RetainedCommits = 8 };

    /// <summary>The history that a seed stands for.</summary>
    public static RandomHistory HistoryOf(int seed) => new(seed) { IsStamped = true, TablePercent = 30 };
}
