using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cms.Tests.Authentication;

/// <summary>Signs tokens as an issuer does, and publishes its keys.</summary>
internal static class TokenMaker
{
    /// <summary>A token with a header and claims of these texts.</summary>
    public static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static Func<byte[], byte[]> Rs256(RSA key) => bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public static Func<byte[], byte[]> Ps256(RSA key) => bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    public static Func<byte[], byte[]> Es256(ECDsa key) => bytes => key.SignData(bytes, HashAlgorithmName.SHA256);

    public static Func<byte[], byte[]> Hs256(byte[] secret) => bytes => HMACSHA256.HashData(secret, bytes);

    /// <summary>Claims of a token, as JSON; null leaves one out.</summary>
    public static string Claims(string issuer, string audience, DateTimeOffset expires, string? subject = "anna", string more = "") =>
        $"{{\"iss\":{Quote(issuer)},\"aud\":{Quote(audience)},\"exp\":{expires.ToUnixTimeSeconds()}{(subject is null ? "" : $",\"sub\":{Quote(subject)}")}{more}}}";

    public static string Header(string algorithm, string? key = null) => $"{{\"alg\":{Quote(algorithm)},\"typ\":\"JWT\"{(key is null ? "" : $",\"kid\":{Quote(key)}")}}}";

    /// <summary>A public key as a member of a set.</summary>
    public static string Publish(RSA key, string? id, string more = "")
    {
        var numbers = key.ExportParameters(false);
        return $"{{\"kty\":\"RSA\"{(id is null ? "" : $",\"kid\":{Quote(id)}")},\"n\":\"{Encode(numbers.Modulus)}\",\"e\":\"{Encode(numbers.Exponent)}\"{more}}}";
    }

    public static string Publish(ECDsa key, string? id, string more = "")
    {
        var numbers = key.ExportParameters(false);
        return $"{{\"kty\":\"EC\",\"crv\":\"P-256\"{(id is null ? "" : $",\"kid\":{Quote(id)}")},\"x\":\"{Encode(numbers.Q.X)}\",\"y\":\"{Encode(numbers.Q.Y)}\"{more}}}";
    }

    public static string Set(params string[] keys) => $"{{\"keys\":[{string.Join(',', keys)}]}}";

    private static string Quote(string text) => "\"" + JsonEncodedText.Encode(text) + "\"";
}
