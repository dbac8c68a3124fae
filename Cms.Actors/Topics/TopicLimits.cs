namespace Cms.Actors.Topics;

/// <summary>The bounds that topics keep and that are no settings.</summary>
public static class TopicLimits
{
    /// <summary>The most changes that one event tells.</summary>
    public const int MaxToldChanges = 10_000;

    /// <summary>About how many bytes of changes one event tells; the last change may go beyond.</summary>
    public const long MaxToldBytes = 1 << 20;

    /// <summary>The most patterns of one subscription.</summary>
    public const int MaxPatterns = 1000;

    /// <summary>The most commits that are read from the journal at once.</summary>
    internal const int MaxPage = 256;

    /// <summary>The most commits that wait to be compared with what subscribers want; when there are more, all are woken.</summary>
    internal const int MaxUntold = 1000;

    /// <summary>How many subscribers may read from the journal at the same time; the others wait.</summary>
    internal const int MaxJournalReaders = 2;
}
