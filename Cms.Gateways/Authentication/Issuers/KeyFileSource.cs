using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>Keys in a file of this machine; it is read again about every minute.</summary>
internal sealed class KeyFileSource(KeyOrigin origin) : IKeySource
{
    private const int MostBytes = 1 << 20;

    /// <inheritdoc/>
    public TimeSpan Freshness => TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VerificationKey>> FetchAsync(CancellationToken cancellation)
    {
        var path = origin is KeyOrigin.SecretFile secret ? secret.Path : ((KeyOrigin.PublicKeyFile)origin).Path;
        try
        {
            if (new FileInfo(path).Length > MostBytes)
            {
                throw new KeySourceException($"{path} has more than {MostBytes} bytes");
            }

            var bytes = await File.ReadAllBytesAsync(path, cancellation);
            return origin is KeyOrigin.SecretFile ? [ReadSecret(path, bytes)] : ReadPublicKeys(path, System.Text.Encoding.UTF8.GetString(bytes));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new KeySourceException($"{path}: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // No file stays open.
    }

    // Whoever puts a public key here would let everybody sign who knows it.
    private static SharedKey ReadSecret(string path, byte[] bytes)
    {
        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
        var secret = bytes.AsMemory().TrimEnd("\r\n"u8);
        return (File.GetUnixFileMode(path) & Others) != 0 ? throw new KeySourceException($"{path} may be read by everybody; use chmod 600")
            : secret.Span.IndexOf("-----BEGIN "u8) >= 0 ? throw new KeySourceException($"{path} holds a PEM text and no secret; use key_file for public keys")
            : secret.Length < SharedKey.LeastBytes ? throw new KeySourceException($"the secret in {path} has fewer than {SharedKey.LeastBytes} bytes")
            : new SharedKey(null, secret);
    }

    private static List<VerificationKey> ReadPublicKeys(string path, string text)
    {
        var keys = new List<VerificationKey>();
        var rest = text.AsMemory();
        while (PemEncoding.TryFind(rest.Span, out var fields))
        {
            keys.Add(ReadPublicKey(rest.Span[fields.Label].ToString(), Convert.FromBase64String(rest.Span[fields.Base64Data].ToString()))
                ?? throw new KeySourceException($"{path} holds something that is no public key, RSA of {RsaKey.LeastBits} to {RsaKey.MostBits} bits or P-256"));
            rest = rest[fields.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new KeySourceException($"{path} holds no public key in PEM");
    }

    private static VerificationKey? ReadPublicKey(string label, byte[] bytes)
    {
        using var certificate = label == "CERTIFICATE" ? X509CertificateLoader.LoadCertificate(bytes) : null;
        var key = certificate?.PublicKey ?? (label == "PUBLIC KEY" ? PublicKey.CreateFromSubjectPublicKeyInfo(bytes, out _) : null);
        using var rsa = key?.GetRSAPublicKey();
        using var elliptic = key?.GetECDsaPublicKey();
        return rsa is not null ? KeySetReader.ToKey(null, null, rsa.ExportParameters(includePrivateParameters: false))
            : elliptic is not null ? KeySetReader.ToKey(null, elliptic.ExportParameters(includePrivateParameters: false))
            : null;
    }
}
