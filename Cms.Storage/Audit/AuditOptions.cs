namespace Cms.Storage.Audit;

/// <summary>How a journal keeps its audit log.</summary>
/// <param name="Clock">Gives rows their time.</param>
public sealed record AuditOptions(TimeProvider Clock)
{
    /// <summary>Where key and archives are; null for a log that is neither signed nor archived, such as that of a copy.</summary>
    public string? Directory { get; init; }

    /// <summary>How many rows the journal keeps at most, about; the older half goes to an archive then.</summary>
    public int Rows { get; init; } = 100_000;

    /// <summary>For how many days the journal keeps rows, about; 0 sets no bound by age.</summary>
    public int Days { get; init; }

    /// <summary>How many archives are kept; 0 for all.</summary>
    public int Archives { get; init; }

    /// <summary>After how many rows one is signed.</summary>
    public int RowsPerSignature { get; init; } = 1000;

    /// <summary>How long rows stay unsigned when they are fewer.</summary>
    public TimeSpan SignatureInterval { get; init; } = TimeSpan.FromMinutes(5);
}
