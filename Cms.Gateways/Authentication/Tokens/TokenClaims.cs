namespace Cms.Gateways.Authentication.Tokens;

/// <summary>What a token that holds says of its bearer.</summary>
/// <param name="Subject">Who he is at the issuer.</param>
/// <param name="Groups">The groups that the issuer has put him into.</param>
/// <param name="Expires">When the token ends, by the wall clock.</param>
internal sealed record TokenClaims(string Subject, IReadOnlyList<string> Groups, DateTimeOffset Expires);
