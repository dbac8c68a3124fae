namespace Cms.Client.Wire;

/// <summary>The body of a commit over several modules.</summary>
public sealed record TransactionCommitRequest
{
    /// <summary>What to do in each module; every module at most once.</summary>
    public required IReadOnlyList<TransactionModule> Modules { get; init; }

    /// <summary>Kept with each module's commit.</summary>
    public string? Message { get; init; }

    /// <summary>The caller's name for the request; repeating it returns the first answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the reply waits until the text files hold the commit.</summary>
    public bool WaitForFile { get; init; }

    /// <summary>Has the commit rolled back in all its modules unless it is confirmed in time; absent for one that stands.</summary>
    public ConfirmRequest? Confirm { get; init; }
}

/// <summary>A module's part in a commit over several modules.</summary>
public sealed record TransactionModule
{
    /// <summary>The module's name.</summary>
    public required string Module { get; init; }

    /// <summary>What to do there, in order; absent for a module that is only read and must not change meanwhile.</summary>
    public IReadOnlyList<WireOperation>? Operations { get; init; }

    /// <summary>The revision that the module must be at; absent when any will do.</summary>
    public long? Expected { get; init; }
}

/// <summary>The answer to a commit over several modules.</summary>
public sealed record TransactionCommitReply
{
    /// <summary>The id that stands with each module's commit in the history.</summary>
    public required string Transaction { get; init; }

    /// <summary>How it went in each module.</summary>
    public required IReadOnlyDictionary<string, CommitReply> Modules { get; init; }

    /// <summary>The confirmation that the commit waits for; absent when it waits for none.</summary>
    public string? Confirmation { get; init; }
}

/// <summary>The body that begins a transaction over several requests.</summary>
public sealed record TransactionBeginRequest
{
    /// <summary>Kept with the commits.</summary>
    public string? Message { get; init; }

    /// <summary>How long it stays open when nobody uses it, 1 to 3600; absent for the node's setting.</summary>
    public int? Seconds { get; init; }

    /// <summary>The modules to lock from the start.</summary>
    public IReadOnlyList<string>? Locks { get; init; }

    /// <summary>For how long these are locked, 1 to 3600; 30 when absent.</summary>
    public int? LeaseSeconds { get; init; }
}

/// <summary>An open transaction.</summary>
public sealed record TransactionInfo
{
    /// <summary>Its id, which later requests name.</summary>
    public required string Transaction { get; init; }

    /// <summary>Who began it.</summary>
    public required string Principal { get; init; }

    /// <summary>What he said about it.</summary>
    public required string Message { get; init; }

    /// <summary>How long it stays open when nobody uses it.</summary>
    public required double RemainingSeconds { get; init; }

    /// <summary>Every module at the moment when the transaction began, and what is staged on it.</summary>
    public required IReadOnlyList<TransactionModuleInfo> Modules { get; init; }

    /// <summary>Its savepoints, oldest first.</summary>
    public required IReadOnlyList<string> Savepoints { get; init; }
}

/// <summary>A module as an open transaction sees it.</summary>
public sealed record TransactionModuleInfo
{
    /// <summary>Its name.</summary>
    public required string Module { get; init; }

    /// <summary>The revision that is read.</summary>
    public required long Revision { get; init; }

    /// <summary>Whether the transaction has locked it.</summary>
    public required bool Locked { get; init; }

    /// <summary>How many operations are staged.</summary>
    public required int Count { get; init; }

    /// <summary>The operations staged, pinned to ids and revisions; absent in lists of transactions.</summary>
    public IReadOnlyList<WireOperation>? Operations { get; init; }
}

/// <summary>Operations for an open transaction.</summary>
public sealed record TransactionStageRequest
{
    /// <summary>What to stage, all or nothing, in order.</summary>
    public required IReadOnlyList<WireOperation> Operations { get; init; }
}

/// <summary>The body that commits an open transaction.</summary>
public sealed record TransactionEndRequest
{
    /// <summary>Kept with the commits instead of what was said at the begin.</summary>
    public string? Message { get; init; }

    /// <summary>Whether the reply waits until the text files hold the commit.</summary>
    public bool WaitForFile { get; init; }

    /// <summary>Has the commit rolled back in all its modules unless it is confirmed in time; absent for one that stands.</summary>
    public ConfirmRequest? Confirm { get; init; }
}
