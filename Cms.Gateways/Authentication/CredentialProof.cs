using Cms.Formats.Access;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Sessions;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Authentication;

/// <summary>What the token that somebody has shown stands for: a key, a login, or the word of an issuer.</summary>
/// <remarks>
/// Any thread may ask. Asking uses a login, so that it does not end for idleness while somebody watches by it. A token of an issuer
/// holds until it expires, as long as the issuer is believed; its signature is not looked at again.
/// </remarks>
/// <param name="identity">Whom the token was found to be of.</param>
/// <param name="book">Whom the module <c>access</c> lets vouch for himself now.</param>
/// <param name="sessions">Who is logged in.</param>
/// <param name="clock">The time that tokens mean.</param>
internal sealed class CredentialProof(Identity identity, Func<CredentialBook> book, SessionStore sessions, TimeProvider clock) : ICallerProof
{
    /// <inheritdoc/>
    public bool Holds => !(identity.Expires <= clock.GetUtcNow()) && identity switch
    {
        { Key: { } key } => book().Keys.GetValueOrDefault(key.Name) is { IsDisabled: false } now
            && now.Hash.Equals(key.Hash) && now.Expires == key.Expires && now.Groups.SequenceEqual(key.Groups) && TextOf(now.Grants) == TextOf(key.Grants),
        { Session: { } session } => sessions.Use(session) && book().Users.GetValueOrDefault(session.User) is { IsDisabled: false } user
            && sessions.Fits(session, user.Password.ToString()) && user.Groups.SequenceEqual(identity.Groups),
        { Issuer: { } issuer } => book().Issuers.GetValueOrDefault(issuer.Issuer) is { } now && now.Name == issuer.Name && now.Keys == issuer.Keys,
        _ => true,
    };

    private static string? TextOf(IReadOnlyList<AccessGrant>? grants) =>
        grants is null ? null : string.Join('\n', grants.Select(grant => $"{string.Join(',', grant.Actions)} {grant.Path}"));
}
