namespace Cms.Client.Wire;

/// <summary>How a commit wants to be confirmed.</summary>
public sealed record ConfirmRequest
{
    /// <summary>How long it waits before it is rolled back, 1 to 2592000.</summary>
    public required int Seconds { get; init; }

    /// <summary>A command or URL that is tried until it succeeds, which confirms; absent for none.</summary>
    public string? Probe { get; init; }
}

/// <summary>The body of a request that gives a confirmation more time.</summary>
public sealed record ExtendRequest
{
    /// <summary>How long it waits from now on, 1 to 2592000.</summary>
    public required int Seconds { get; init; }
}

/// <summary>A confirmation that is waited for, or has ended.</summary>
public sealed record ConfirmationInfo
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>open, confirmed or rolled-back.</summary>
    public required string State { get; init; }

    /// <summary>The wall clock when it was opened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who committed.</summary>
    public required string Principal { get; init; }

    /// <summary>The commits that stand or fall with it.</summary>
    public required IReadOnlyList<ConfirmedRevision> Commits { get; init; }

    /// <summary>What confirms when it succeeds; absent when nothing does.</summary>
    public string? Probe { get; init; }

    /// <summary>How many seconds are left; absent when it has ended.</summary>
    public double? RemainingSeconds { get; init; }

    /// <summary>How it ended, with what was left alone by a roll-back; absent while it is open.</summary>
    public string? Result { get; init; }

    /// <summary>Why it could not be rolled back yet, or absent.</summary>
    public string? Problem { get; init; }
}

/// <summary>A commit that has to be confirmed.</summary>
public sealed record ConfirmedRevision
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The revision that the commit made.</summary>
    public required long Revision { get; init; }
}
