using Cms.Formats.Access;

namespace Cms.Gateways.Authentication.Credentials;

/// <summary>Somebody who logs in with a password: a section <c>user</c> of the module <c>access</c>.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Password">The hash of his password.</param>
internal sealed record UserCredential(string Name, SecretHash Password)
{
    /// <summary>Whether he is switched off.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>What he belongs to, as <see cref="Principal.Groups"/> has it.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
