namespace Cms.Client.Wire;

/// <summary>One migration of a plan and what it would do; printed by <c>cms migrate plan --json</c>.</summary>
public sealed record MigrationPlanStep
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The version that it leads from; absent for none.</summary>
    public string? From { get; init; }

    /// <summary>The version that it leads to.</summary>
    public required string To { get; init; }

    /// <summary>What it says of itself.</summary>
    public required string Description { get; init; }

    /// <summary>What it requires of other modules.</summary>
    public required IReadOnlyList<string> Requires { get; init; }

    /// <summary>In what the module would differ.</summary>
    public required IReadOnlyList<WireDifference> Differences { get; init; }

    /// <summary>Why it would be refused; absent when it would not.</summary>
    public Problem? Problem { get; init; }

    /// <summary>In what the module would differ from what it is now once the migration is taken back too.</summary>
    public required IReadOnlyList<WireDifference> Lost { get; init; }

    /// <summary>Why it could not be taken back; absent when it could.</summary>
    public string? NoWayBack { get; init; }
}
