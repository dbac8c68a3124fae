namespace Cms.Storage.Journals;

/// <summary>The bounds every journal keeps.</summary>
public static class JournalLimits
{
    /// <summary>The most commits in one append.</summary>
    public const int MaxBatch = 10_000;

    /// <summary>The most bytes in one part of a payload.</summary>
    public const int MaxPartBytes = 1 << 20;

    /// <summary>The most appends waiting for the disk.</summary>
    public const int MaxWaiting = 10_000;
}
