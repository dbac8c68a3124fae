namespace Cms.Gateways.Authentication.Tokens;

/// <summary>By what a JSON Web Token may be signed (RFC 7518); there is no other, least of all none.</summary>
internal enum SignatureAlgorithm
{
    /// <summary>HMAC with SHA-256 and a shared secret.</summary>
    Hs256,

    /// <summary>RSA with SHA-256, PKCS #1 v1.5.</summary>
    Rs256,

    /// <summary>RSA with SHA-256, PSS.</summary>
    Ps256,

    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    Es256,
}
