using System.Security.Cryptography;
using System.Text.Json;
using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>Reads a published set of keys (JWKS, RFC 7517).</summary>
internal static class KeySetReader
{
    private const int MostKeys = 100;
    private const int CoordinateSizeBytes = 32;
    private const int MostExponentBytes = 8;

    private static readonly JsonDocumentOptions Rules = new() { AllowDuplicateProperties = false, MaxDepth = JsonWebToken.MostDepth };

    /// <summary>The keys of a set that signatures can be checked with; others are left out, as RFC 7517 asks.</summary>
    /// <exception cref="JsonException">It is no set of keys.</exception>
    public static IReadOnlyList<VerificationKey> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Rules);
            var keys = document.RootElement.GetProperty("keys");
            return keys.GetArrayLength() <= MostKeys
                ? [.. keys.EnumerateArray().Select(ReadKey).OfType<VerificationKey>()]
                : throw new JsonException($"it has more than {MostKeys} keys");
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or KeyNotFoundException)
        {
            throw new JsonException("it is no set of keys", malformed);
        }
    }

    private static VerificationKey? ReadKey(JsonElement key)
    {
        if (JsonWebToken.TextOf(key, "use") is { } use && use != "sig")
        {
            return null;
        }

        var name = JsonWebToken.TextOf(key, "alg");
        var algorithm = name is null ? null : SignatureAlgorithms.Find(name);
        if (name is not null && algorithm is null)
        {
            return null;
        }

        // A set that everybody can read holds no secrets: one that is in it all the same is left out with the kinds that are not known.
        VerificationKey? found = JsonWebToken.TextOf(key, "kty") switch
        {
            "RSA" => ReadRsa(key, algorithm),
            "EC" => ReadElliptic(key),
            _ => null,
        };
        return found is not null && (algorithm is null || found.IsFor(algorithm.Value)) ? found : null;
    }

    private static RsaKey? ReadRsa(JsonElement key, SignatureAlgorithm? algorithm)
    {
        var modulus = NumberOf(key, "n").AsSpan().TrimStart((byte)0).ToArray();
        var exponent = NumberOf(key, "e").AsSpan().TrimStart((byte)0).ToArray();
        return exponent.Length is > 0 and <= MostExponentBytes && (exponent[^1] & 1) == 1
            ? ToKey(JsonWebToken.TextOf(key, "kid"), algorithm, new RSAParameters { Modulus = modulus, Exponent = exponent })
            : null;
    }

    private static EllipticKey? ReadElliptic(JsonElement key)
    {
        var (x, y) = (NumberOf(key, "x"), NumberOf(key, "y"));
        return JsonWebToken.TextOf(key, "crv") == "P-256" && x.Length == CoordinateSizeBytes && y.Length == CoordinateSizeBytes
            ? ToKey(JsonWebToken.TextOf(key, "kid"), new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } })
            : null;
    }

    /// <summary>A key of these numbers, or null when they are none, or its length is out of bounds.</summary>
    public static RsaKey? ToKey(string? id, SignatureAlgorithm? algorithm, RSAParameters parameters)
    {
        try
        {
            using var rsa = RSA.Create(parameters);
            return rsa.KeySize is >= RsaKey.LeastBits and <= RsaKey.MostBits ? new RsaKey(id, algorithm, parameters) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A key of this point, or null when it is not on the curve.</summary>
    public static EllipticKey? ToKey(string? id, ECParameters parameters)
    {
        try
        {
            using var key = ECDsa.Create(parameters);
            return key.KeySize == 8 * CoordinateSizeBytes ? new EllipticKey(id, parameters) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[] NumberOf(JsonElement key, string name) =>
        (JsonWebToken.TextOf(key, name) is { } text ? StrictBase64Url.Decode(text) : null) ?? [];
}
