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
}
