namespace Cms.Client.Wire;

/// <summary>What became of a bulk: of all of it, or of what came before the refusal that ended it.</summary>
public sealed record BulkReply
{
    /// <summary>How many operations are durable.</summary>
    public required long Operations { get; init; }

    /// <summary>How many changes they made; fewer where the module was already so.</summary>
    public required long Changes { get; init; }

    /// <summary>How many commits hold them.</summary>
    public required long Commits { get; init; }

    /// <summary>How many groups were there already, from an earlier sending with the same request id.</summary>
    public required long RepeatedGroups { get; init; }

    /// <summary>The last line up to which every operation is durable; 0 for none.</summary>
    public required long Lines { get; init; }

    /// <summary>The modules concerned, in the order in which they first came.</summary>
    public required IReadOnlyList<BulkModule> Modules { get; init; }
}

/// <summary>What became of a bulk in one module.</summary>
public sealed record BulkModule
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>Its revision at which all of this is true.</summary>
    public required long Revision { get; init; }

    /// <summary>How many operations on it are durable.</summary>
    public required long Operations { get; init; }

    /// <summary>The line of the last of them.</summary>
    public required long LastLine { get; init; }
}
