// Invariants: _issuers has the keys of the issuers of one book; those whose settings did not change are carried from one to the next.
using Cms.Formats.Mapping;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>Checks JSON Web Tokens of the issuers that the module <c>access</c> names.</summary>
/// <remarks>Any thread may call.</remarks>
internal sealed class TokenCheck(Func<IssuerSettings, IKeySource> open, IBootClock bootClock, TimeProvider clock, Action<string> tell) : IDisposable
{
    /// <summary>How long a token is believed without looking again; a key that its issuer withdraws counts for that long at the most.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private CredentialBook _book = CredentialBook.Empty;
    private Dictionary<string, (IssuerSettings Settings, IssuerKeys Keys)> _issuers = [];

    /// <summary>Looks at a token.</summary>
    /// <returns>Who it is of; and whether it is a forgery, and not only out of date or for somebody else.</returns>
    public async ValueTask<(Finding Finding, bool IsForged)> CheckAsync(string text, CredentialBook book, CancellationToken cancellation)
    {
        var (token, problem) = JsonWebToken.Parse(text);
        if (token is null)
        {
            return (Finding.Unknown(problem!), false);
        }

        if (Find(book, token) is not var (issuer, keys))
        {
            return (Finding.Unknown("the issuer of the token is not known"), false);
        }

        if (SignatureAlgorithms.Find(token.Algorithm) is not { } algorithm || !issuer.Algorithms.Contains(algorithm))
        {
            return (Finding.Unknown($"tokens of {issuer.Name} are not signed by this algorithm"), true);
        }

        var (key, areKnown) = await keys.FindAsync(token.KeyId, algorithm, cancellation);
        if (!areKnown)
        {
            return (Finding.Later(Formats.Refusals.ErrorCode.Unavailable, $"the keys of {issuer.Name} cannot be had now, so its tokens cannot be checked"), false);
        }

        return key is null ? (Finding.Unknown($"{issuer.Name} has no key that the token could be signed with"), true)
            : !key.Verify(algorithm, token.Signed.Span, token.Signature.Span) ? (Finding.Unknown("the signature of the token does not hold"), true)
            : (ReadClaims(token, issuer), false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (_, keys) in _issuers.Values)
            {
                keys.Dispose();
            }

            _issuers.Clear();
        }
    }

    private Finding ReadClaims(JsonWebToken token, IssuerSettings issuer)
    {
        var now = clock.GetUtcNow();
        var (claims, problem) = ClaimCheck.Check(token.Claims, issuer, now);
        return claims is null ? Finding.Unknown(problem!) : Finding.Of(new Identity($"jwt:{issuer.Name}/{claims.Subject}")
        {
            Groups = [.. claims.Groups.Select(group => $"group:{issuer.Name}/{group}")],
            Issuer = issuer,
            Expires = claims.Expires + issuer.ClockSkew,
            GoodUntil = now + Believed < claims.Expires + issuer.ClockSkew ? now + Believed : claims.Expires + issuer.ClockSkew,
        });
    }

    private (IssuerSettings, IssuerKeys)? Find(CredentialBook book, JsonWebToken token)
    {
        if (!token.Claims.TryGetProperty("iss", out var claim) || claim.ValueKind != System.Text.Json.JsonValueKind.String)
        {
            return null;
        }

        lock (_gate)
        {
            TakeUp(book);
            return IssuerOf(claim) is { } name && _issuers.TryGetValue(name, out var found) ? found : null;
        }
    }

    // A text in JSON that is no Unicode is noticed where it is read.
    private static string? IssuerOf(System.Text.Json.JsonElement claim)
    {
        try
        {
            return claim.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private void TakeUp(CredentialBook book)
    {
        if (book.Revision <= _book.Revision)
        {
            return;
        }

        var before = _issuers;
        _issuers = book.Issuers.ToDictionary(pair => pair.Key, pair => Carry(before, pair.Value));
        foreach (var (name, (_, keys)) in before)
        {
            if (!_issuers.TryGetValue(name, out var kept) || kept.Keys != keys)
            {
                keys.Dispose();
            }
        }

        _book = book;
    }

    private (IssuerSettings, IssuerKeys) Carry(Dictionary<string, (IssuerSettings Settings, IssuerKeys Keys)> before, IssuerSettings settings) =>
        (settings, before.TryGetValue(settings.Issuer, out var known) && known.Settings.Keys == settings.Keys ? known.Keys : new IssuerKeys(new LateSource(() => open(settings)), bootClock, tell));
}
