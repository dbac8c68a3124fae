namespace Cms.Formats.Audit;

/// <summary>What a verification of audit rows found.</summary>
public sealed record AuditReport
{
    /// <summary>How many rows were read.</summary>
    public required long Rows { get; init; }

    /// <summary>The first row's number; 0 when there is none.</summary>
    public required long First { get; init; }

    /// <summary>The last row's number; 0 when there is none.</summary>
    public required long Last { get; init; }

    /// <summary>The last row's hash: what is to be kept elsewhere, to be compared later.</summary>
    public required string Head { get; init; }

    /// <summary>How many rows are signed.</summary>
    public required long Signatures { get; init; }

    /// <summary>The last row that is covered by a signature; 0 when none is.</summary>
    public required long SignedUpTo { get; init; }

    /// <summary>The fingerprints of the keys that signed.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>What is not as it was written, a line each, up to a bound; empty when all is.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What is as it was written and yet to be known: gaps that a repair tells of, rows that nothing signs yet.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Whether everything is as it was written.</summary>
    public bool IsIntact => Problems.Count == 0;
}
