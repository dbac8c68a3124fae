using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cms.Formats.Access;
using Cms.Gateways.Authentication.Attempts;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Issuers;
using Cms.Gateways.Authentication.Sessions;
using Cms.Gateways.Http;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Gateways.Authentication;

/// <summary>Finds out who sends a request: by a token, else by the certificate of the connection, else by the Unix socket.</summary>
/// <remarks>
/// Any thread may call. A token that is shown and does not hold is never made up for by anything else. Only the Unix socket makes
/// administrators who are above the rules.
/// </remarks>
internal sealed class Authenticator : IDisposable
{
    private const string Scheme = "Bearer ";
    private const int MostSubjectCharacters = 255;

    private readonly Func<CredentialBook> _book;
    private readonly AuthenticationClocks _clocks;
    private readonly AttemptLedger _attempts;
    private readonly HashTurns _turns = new();
    private readonly KeyCheck _keys;
    private readonly TokenCheck _tokens;
    private readonly TokenMemory<SecretHash> _provenKeys = new();
    private readonly TokenMemory<ProvenToken> _provenTokens = new();

    /// <param name="book">Whom the module <c>access</c> lets vouch for himself now.</param>
    /// <param name="limits">How long sessions last.</param>
    /// <param name="clocks">The time.</param>
    /// <param name="tell">Told why the keys of an issuer could not be had.</param>
    public Authenticator(Func<CredentialBook> book, SessionLimits limits, AuthenticationClocks clocks, Action<string> tell)
    {
        (_book, _clocks, _attempts, Sessions) = (book, clocks, new AttemptLedger(clocks.Boot), new SessionStore(clocks.Boot, limits));
        _keys = new KeyCheck(_attempts, _turns, clocks.Wall);
        Tickets = new WatchTickets(clocks.Boot);
        _tokens = new TokenCheck(LateSource.Open, clocks.Boot, clocks.Wall, tell);
    }

    /// <summary>Who is logged in.</summary>
    public SessionStore Sessions { get; }

    /// <summary>Tickets for those who can show no token.</summary>
    public WatchTickets Tickets { get; }

    /// <summary>Finds out who sends a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="peer">Who is at the other end of the Unix socket; null for other connections.</param>
    /// <returns>The caller, or why he is turned away; one of the two is null.</returns>
    public ValueTask<(Caller? Caller, Finding? Refused)> FindAsync(HttpContext context, Caller? peer)
    {
        var header = context.Request.Headers.Authorization;
        return header.Count > 0 ? FindByTokenAsync(context, peer, header.Count == 1 ? header[0] ?? "" : "")
            : WatchTicketEndpoint.TicketOf(context) is { } ticket ? ValueTask.FromResult(FindByTicket(context, peer, ticket))
            : peer is not null ? ValueTask.FromResult<(Caller?, Finding?)>((peer, null))
            : ValueTask.FromResult(FindByCertificate(context));
    }

    /// <summary>Looks at a password.</summary>
    /// <param name="user">Who says that it is his.</param>
    /// <param name="password">The password.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The user, or why he is turned away; one of the two is null.</returns>
    public async ValueTask<(UserCredential? User, Finding? Refused)> CheckPasswordAsync(string user, string password, AttemptSource source, CancellationToken cancellation)
    {
        var book = _book();
        return await _keys.CheckPasswordAsync(user, password, book, source, cancellation) is { } refused ? (null, refused) : (book.Users[user], null);
    }

    /// <summary>Hashes a password that is to be set, in turn with those that are looked at.</summary>
    /// <returns>Null when too many wait already.</returns>
    public ValueTask<SecretHash?> HashAsync(string password, CancellationToken cancellation) => _turns.RunAsync(() => SecretHash.Create(password), cancellation);

    /// <summary>The token that a request shows, or null.</summary>
    public static string? TokenOf(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _turns.Dispose();
    }

    private async ValueTask<(Caller?, Finding?)> FindByTokenAsync(HttpContext context, Caller? peer, string header)
    {
        var memory = ConnectionMemory.Of(context);
        var book = _book();
        if (memory.Token is { } known && known.Header == header && known.Revision == book.Revision && IsGood(known.Identity))
        {
            return (known.Caller, null);
        }

        var address = peer is null ? Guard.AddressOf(context) : null;
        var finding = await LookAsync(TokenOf(context), book, AttemptSource.Of(peer, address), context.RequestAborted);
        if (finding.Identity is not { } identity)
        {
            return (null, finding);
        }

        var caller = new Caller(ToPrincipal(identity, address), peer?.Gateway ?? Guard.TcpGateway)
        {
            ProcessId = peer?.ProcessId,
            Proof = new CredentialProof(identity, _book, Sessions, _clocks.Wall),
        };
        memory.Token = new ConnectionMemory.Remembered(header, book.Revision, identity, caller);
        return (caller, null);
    }

    private ValueTask<Finding> LookAsync(string? token, CredentialBook book, AttemptSource source, CancellationToken cancellation) =>
        token is null ? ValueTask.FromResult(Finding.Unknown("the header Authorization is not one token behind 'Bearer'"))
        : KeyToken.TryParse(token, out var key) ? FindKeyAsync(key, book, source, cancellation)
        : token.StartsWith(SessionStore.Prefix, StringComparison.Ordinal) ? ValueTask.FromResult(FindSession(token, book))
        : token.StartsWith(KeyToken.Prefix, StringComparison.Ordinal) ? ValueTask.FromResult(Finding.Unknown("the key is cut short, or not one of cms"))
        : FindTokenAsync(token, book, source, cancellation);

    private async ValueTask<Finding> FindKeyAsync(KeyToken token, CredentialBook book, AttemptSource source, CancellationToken cancellation)
    {
        var stored = book.Keys.GetValueOrDefault(token.Name);
        if (stored is not null && stored.Hash.Equals(_provenKeys.Find(token.Text)))
        {
            return _keys.Judge(stored);
        }

        var finding = await _keys.CheckKeyAsync(token, stored, source, cancellation);
        if (finding.Identity is not null)
        {
            _provenKeys.Add(token.Text, stored!.Hash);
        }

        return finding;
    }

    private Finding FindSession(string token, CredentialBook book) =>
        Sessions.Use(token) is { } session && book.Users.GetValueOrDefault(session.User) is { IsDisabled: false } user && Sessions.Fits(session, user.Password.ToString())
            ? Finding.Of(new Identity($"user:{session.User}") { Groups = user.Groups, Session = session })
            : Finding.Unknown("the login has ended; log in again");

    private async ValueTask<Finding> FindTokenAsync(string token, CredentialBook book, AttemptSource source, CancellationToken cancellation)
    {
        if (_provenTokens.Find(token) is { } proven && proven.Revision == book.Revision && IsGood(proven.Identity))
        {
            return Finding.Of(proven.Identity);
        }

        if (_attempts.WaitOf(source.Alone) is { } wait)
        {
            return Finding.Wait(wait);
        }

        var (finding, isForged) = await _tokens.CheckAsync(token, book, cancellation);
        if (finding.Identity is { } identity)
        {
            _provenTokens.Add(token, new ProvenToken(identity, book.Revision));
        }
        else if (isForged)
        {
            _attempts.Fail(source.Alone);
        }

        return finding;
    }

    // It says who opens this one watch, and nothing of the connection's other requests.
    private (Caller?, Finding?) FindByTicket(HttpContext context, Caller? peer, string ticket) =>
        Tickets.Take(ticket, isLocal: peer is not null) is { } caller
            ? (caller with { Principal = caller.Principal with { Address = peer is null ? Guard.AddressOf(context) : null }, ProcessId = peer?.ProcessId }, null)
            : (null, Finding.Unknown("the ticket is not good: each opens one watch within seconds; ask for another one by POST /api/v1/watch-tickets"));

    private static (Caller?, Finding?) FindByCertificate(HttpContext context)
    {
        var memory = ConnectionMemory.Of(context);
        if (memory.Certificate is { } known)
        {
            return (known, null);
        }

        if (context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } certificate)
        {
            return (null, Finding.Unknown("nobody vouches for the caller: show a key or token behind 'Authorization: Bearer', or log in"));
        }

        if (NameOf(certificate) is not { } subject)
        {
            return (null, Finding.Unknown($"the subject of the certificate is not 1 to {MostSubjectCharacters} printable characters"));
        }

        memory.Certificate = new Caller(new Principal($"cert:{subject}") { Address = Guard.AddressOf(context) }, Guard.TcpGateway);
        return (memory.Certificate, null);
    }

    // Names get into logs, histories and answers, one to a line.
    private static string? NameOf(X509Certificate2 certificate) =>
        certificate.Subject is { Length: > 0 and <= MostSubjectCharacters } subject && !subject.Any(char.IsControl) ? subject : null;

    private static Principal ToPrincipal(Identity identity, IPAddress? address) =>
        new(identity.Name) { Groups = identity.Groups, Grants = identity.Grants, Address = address };

    private bool IsGood(Identity identity) =>
        !(identity.GoodUntil <= _clocks.Wall.GetUtcNow()) && (identity.Session is not { } session || Sessions.Use(session));

    private sealed record ProvenToken(Identity Identity, Formats.Modules.Revision Revision);
}
