using Cms.Formats.Audit;

namespace Cms.Storage.Audit;

/// <summary>Which rows of the audit log are asked for.</summary>
public sealed record AuditQuery
{
    /// <summary>The most rows in one answer.</summary>
    public const int LargestCount = 10_000;

    /// <summary>How many rows at most; 1 to <see cref="LargestCount"/>.</summary>
    public int Count { get; init; } = 100;

    /// <summary>Only rows with a lower sequence; null for the newest.</summary>
    public long? Before { get; init; }

    /// <summary>Only of this principal.</summary>
    public string? Principal { get; init; }

    /// <summary>Only about this module.</summary>
    public string? Module { get; init; }

    /// <summary>Only of this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Only from this time on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether it asks for a row, however many others there are.</summary>
    public bool Matches(AuditRow row) =>
        !(row.Sequence >= Before) && (Principal is null || row.Principal == Principal) && (Module is null || row.Module == Module)
        && (Kind is null || row.Kind == Kind) && !(row.Time < Since) && !(row.Time >= Until);
}
