namespace Cms.Client.Wire;

/// <summary>What is known of the keys of secrets.</summary>
public sealed record SecretsReply
{
    /// <summary>The modules that have data keys, by name.</summary>
    public required IReadOnlyList<string> Modules { get; init; }
}
