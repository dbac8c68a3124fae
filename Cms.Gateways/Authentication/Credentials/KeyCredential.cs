using Cms.Formats.Access;

namespace Cms.Gateways.Authentication.Credentials;

/// <summary>An API key: a section <c>key</c> of the module <c>access</c>.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Hash">Of the whole token.</param>
internal sealed record KeyCredential(string Name, SecretHash Hash)
{
    /// <summary>When it ends, by the wall clock; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether it is switched off.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>What its bearer belongs to, as <see cref="Principal.Groups"/> has it.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What it is good for at the most; null for no such bound.</summary>
    public IReadOnlyList<AccessGrant>? Grants { get; init; }
}
