using System.Security.Cryptography;

namespace Cms.Formats.Audit;

/// <summary>The public keys that sign the audit log.</summary>
public static class AuditKey
{
    /// <summary>What people compare: the SHA-256 of a public key (SubjectPublicKeyInfo), as 64 hexadecimal digits.</summary>
    /// <param name="publicKey">As base64, as signed rows carry it.</param>
    /// <exception cref="FormatException">It is no base64.</exception>
    public static string FingerprintOf(string publicKey) => Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(publicKey)));

    /// <summary>Whether a signature of a hash holds.</summary>
    /// <param name="publicKey">As base64.</param>
    /// <param name="hash">64 hexadecimal digits.</param>
    /// <param name="signature">As base64: r and s of ECDSA on P-256, 32 bytes each.</param>
    public static bool IsValid(string publicKey, string hash, string signature)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
            return key.VerifyHash(Convert.FromHexString(hash), Convert.FromBase64String(signature));
        }
        catch (Exception malformed) when (malformed is FormatException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The public keys in a text in PEM, as base64.</summary>
    /// <exception cref="FormatException">It has none, or one that is no key.</exception>
    public static IReadOnlyList<string> FromPem(string pem)
    {
        var keys = new List<string>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            keys.Add(Convert.ToBase64String(Convert.FromBase64String(rest[found.Base64Data].ToString())));
            rest = rest[found.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new FormatException("there is no public key in it: use what 'cms audit key' prints");
    }
}
