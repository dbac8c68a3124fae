using System.Net;

namespace Cms.Formats.Access;

/// <summary>Who asks, by the word of whoever vouches for him.</summary>
/// <param name="Name">
/// Says by its prefix who vouches: <c>uid:1000</c> the kernel, <c>user:anna</c> a password, <c>key:deploy</c> a key,
/// <c>jwt:ISSUER/subject</c> a token, <c>cert:SUBJECT</c> a certificate, <c>file</c> an edited text.
/// </param>
/// <remarks>Make one for each connection, session or token and keep it: what the rules say of it is remembered by the object.</remarks>
public sealed record Principal(string Name)
{
    /// <summary>What he belongs to by the same word, with prefixes: <c>group:wheel</c> a Unix group, <c>role:operators</c> a role of module <c>access</c>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Where he is; null on this machine.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Whether he is above the rules: uid 0 and the daemon's own uid, on the Unix socket only.</summary>
    public bool IsAdministrator { get; init; }

    /// <summary>What he is good for at the most; null for no such bound.</summary>
    public IReadOnlyList<AccessGrant>? Grants { get; init; }
}
