using Cms.Formats.Access;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Issuers;
using Cms.Gateways.Authentication.Sessions;

namespace Cms.Gateways.Authentication;

/// <summary>Who somebody is by what he has shown, wherever he is.</summary>
/// <param name="Name">As <see cref="Principal.Name"/> has it.</param>
internal sealed record Identity(string Name)
{
    /// <summary>What he belongs to, as <see cref="Principal.Groups"/> has it.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What he is good for at the most; null for no such bound.</summary>
    public IReadOnlyList<AccessGrant>? Grants { get; init; }

    /// <summary>Until when he is believed without looking again, by the wall clock; null while nothing changes.</summary>
    public DateTimeOffset? GoodUntil { get; init; }

    /// <summary>When what he has shown ends, by the wall clock; null for never, or when somebody else knows.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The key that he has shown; null for others.</summary>
    public KeyCredential? Key { get; init; }

    /// <summary>The issuer whose token he has shown; null for others.</summary>
    public IssuerSettings? Issuer { get; init; }

    /// <summary>The session that he has shown the token of; null for others.</summary>
    public Session? Session { get; init; }
}
