using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>An issuer of tokens that the node believes: a section <c>issuer</c> of the module <c>access</c>.</summary>
internal sealed record IssuerSettings
{
    /// <summary>The longest difference of clocks that may be allowed for.</summary>
    public static readonly TimeSpan MostClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>What the node calls it; principals are named by this.</summary>
    public required string Name { get; init; }

    /// <summary>What its tokens say in <c>iss</c>, exactly.</summary>
    public required string Issuer { get; init; }

    /// <summary>What tokens may say in <c>aud</c>; one at least.</summary>
    public required IReadOnlySet<string> Audiences { get; init; }

    /// <summary>By what its tokens may be signed; one at least.</summary>
    public required IReadOnlySet<SignatureAlgorithm> Algorithms { get; init; }

    /// <summary>Where its keys are.</summary>
    public required KeyOrigin Keys { get; init; }

    /// <summary>The claim that says who the bearer is.</summary>
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>The claim that says in which groups he is; null when it is not asked.</summary>
    public string? GroupsClaim { get; init; }

    /// <summary>How far the issuer's clock may be from this node's.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>Where the keys of an issuer are.</summary>
internal abstract record KeyOrigin
{
    /// <summary>In a file that holds a secret of 32 bytes or more.</summary>
    public sealed record SecretFile(string Path) : KeyOrigin;

    /// <summary>In a PEM file of public keys or certificates.</summary>
    public sealed record PublicKeyFile(string Path) : KeyOrigin;

    /// <summary>At the issuer, as a set of keys (JWKS).</summary>
    /// <param name="Address">Of the set itself; null to learn it from what the issuer publishes of itself.</param>
    /// <param name="AuthorityFile">PEM file of the authorities that the issuer's own certificate has to come from; null for those of the machine.</param>
    public sealed record Published(Uri? Address, string? AuthorityFile) : KeyOrigin;
}
