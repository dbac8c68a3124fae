namespace Cms.Actors.Transactions;

/// <summary>The bounds of open transactions that are no settings.</summary>
public static class TransactionLimits
{
    /// <summary>The longest time without use, and the longest lease of a lock, that a caller may ask for.</summary>
    public static readonly TimeSpan LongestTime = TimeSpan.FromHours(1);

    /// <summary>The lease of a lock when none is given.</summary>
    public static readonly TimeSpan UsualLease = TimeSpan.FromSeconds(30);

    /// <summary>The most savepoints in one transaction.</summary>
    public const int MaxSavepoints = 1000;

    /// <summary>About how many bytes of values one transaction may stage.</summary>
    public const long MaxBytes = 64 << 20;

    /// <summary>How many ended transactions are remembered with the reason.</summary>
    public const int MaxRemembered = 1000;
}
