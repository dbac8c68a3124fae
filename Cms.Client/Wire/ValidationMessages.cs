namespace Cms.Client.Wire;

/// <summary>What a validator is to be asked about.</summary>
public sealed record ValidatorRequest
{
    /// <summary>What refused callers are told; a later validator of the same name takes over.</summary>
    public required string Name { get; init; }

    /// <summary><c>module[.section[.option]]</c>, each part with <c>*</c> and <c>?</c>; at least one.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>How long a commit waits for the answer, in milliseconds, 1 to 30,000.</summary>
    public int DeadlineMs { get; init; } = DefaultDeadlineMs;

    /// <summary>What no answer counts as.</summary>
    public bool AcceptsByDefault { get; init; }

    /// <summary>What <see cref="DeadlineMs"/> is unless it is asked for otherwise.</summary>
    public const int DefaultDeadlineMs = 5000;
}

/// <summary>One line to a validator.</summary>
public sealed record ValidationLine
{
    /// <summary>A commit waits for the answer.</summary>
    public const string Validate = "validate";

    /// <summary>The last line: another validator has taken the name over.</summary>
    public const string Over = "over";

    /// <summary>One of the constants here, or start, alive or end as <see cref="WatchLine"/> has them.</summary>
    public required string Kind { get; init; }

    /// <summary>What the answer names.</summary>
    public string? Id { get; init; }

    /// <summary>How long the commit waits, in milliseconds.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>What is about to be committed, one for each module, with what was there before; revisions are those it would make.</summary>
    public IReadOnlyList<WatchLine>? Commits { get; init; }
}

/// <summary>A validator's answer.</summary>
public sealed record ValidationReply
{
    /// <summary>The validator's name.</summary>
    public required string Validator { get; init; }

    /// <summary>Whether the commit may be made.</summary>
    public required bool Accept { get; init; }

    /// <summary>Why not, for the caller; at most 4096 characters.</summary>
    public string? Message { get; init; }
}
