using System.Security.Cryptography;

namespace Cms.Gateways.Authentication.Tokens;

/// <summary>A key that signatures of tokens are checked with. Each kind of key knows the algorithms that it is for.</summary>
/// <remarks>
/// Immutable; any thread. That a public RSA key is never taken for the secret of an HMAC follows from the kinds: the key says whether
/// an algorithm fits it, not the token.
/// </remarks>
/// <param name="id">Its name at the issuer (<c>kid</c>), or null.</param>
/// <param name="only">The one algorithm that the issuer means it for; null for all that fit.</param>
internal abstract class VerificationKey(string? id, SignatureAlgorithm? only)
{
    /// <summary>Its name at the issuer, or null.</summary>
    public string? Id => id;

    /// <summary>Whether a token signed by this algorithm may be checked with this key.</summary>
    public bool IsFor(SignatureAlgorithm algorithm) => (only is null || only == algorithm) && Fits(algorithm);

    /// <summary>Whether a signature holds.</summary>
    /// <param name="algorithm">One that the key is for.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">The signature as the token has it.</param>
    public abstract bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature);

    /// <summary>Whether an algorithm works with this kind of key.</summary>
    protected abstract bool Fits(SignatureAlgorithm algorithm);
}

/// <summary>A secret that issuer and node share.</summary>
internal sealed class SharedKey(string? id, ReadOnlyMemory<byte> secret) : VerificationKey(id, SignatureAlgorithm.Hs256)
{
    /// <summary>The shortest secret, in bytes: that of the hash (RFC 7518, 3.2).</summary>
    public const int LeastBytes = 32;

    public override bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret.Span, signed, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    protected override bool Fits(SignatureAlgorithm algorithm) => algorithm == SignatureAlgorithm.Hs256;
}

/// <summary>The public half of an RSA key.</summary>
internal sealed class RsaKey(string? id, SignatureAlgorithm? only, RSAParameters parameters) : VerificationKey(id, only)
{
    /// <summary>The shortest key, in bits (RFC 7518, 3.3).</summary>
    public const int LeastBits = 2048;

    /// <summary>The longest key, in bits; longer ones take long to check.</summary>
    public const int MostBits = 8192;

    public override bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        // Each check has an object of its own, since these may not be shared between threads.
        using var rsa = RSA.Create(parameters);
        var padding = algorithm == SignatureAlgorithm.Ps256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return signature.Length == parameters.Modulus!.Length && rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, padding);
    }

    protected override bool Fits(SignatureAlgorithm algorithm) => algorithm is SignatureAlgorithm.Rs256 or SignatureAlgorithm.Ps256;
}

/// <summary>The public half of a key on the curve P-256.</summary>
internal sealed class EllipticKey(string? id, ECParameters parameters) : VerificationKey(id, SignatureAlgorithm.Es256)
{
    /// <summary>Two numbers of 32 bytes.</summary>
    public const int SignatureSizeBytes = 64;

    public override bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create(parameters);
        return signature.Length == SignatureSizeBytes
            && key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    protected override bool Fits(SignatureAlgorithm algorithm) => algorithm == SignatureAlgorithm.Es256;
}
