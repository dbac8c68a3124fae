// Invariants: _loaded is replaced whole, under _gate, and only by files that go together.
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cms.Actors;
using Cms.Formats.Mapping;

namespace Cms.Host.Listening;

/// <summary>The certificate that the daemon shows, and those that callers may show; taken from their files anew when these have changed.</summary>
/// <remarks>Any thread may call. Connections that are open keep what they began with.</remarks>
internal sealed class TlsIdentity
{
    private const int MostFileBytes = 1 << 20;

    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly string? _authoritiesPath;
    private readonly Action<string> _tell;
    private readonly Lock _gate = new();
    private (FileStatus, FileStatus, FileStatus) _status;
    private Loaded _loaded;
    private string? _told;

    /// <summary>Reads the files.</summary>
    /// <param name="options">Which name a certificate and a key.</param>
    /// <param name="tell">Told when changed files cannot be used, once for each reason; those of before stay in use.</param>
    /// <exception cref="NodeStartException">A file cannot be read, or the files do not go together.</exception>
    public TlsIdentity(ListenerOptions options, Action<string> tell)
    {
        (_certificatePath, _keyPath, _authoritiesPath, _tell) = (options.TlsCertificate!, options.TlsKey!, options.TlsClientAuthorities, tell);
        try
        {
            _loaded = Load(ReadFiles());
        }
        catch (Exception failure) when (IsUnusable(failure))
        {
            throw new NodeStartException(Describe(failure));
        }
    }

    /// <summary>With what the next connection is begun; looks at the files.</summary>
    public SslServerAuthenticationOptions Current()
    {
        lock (_gate)
        {
            try
            {
                var status = (StatusOf(_certificatePath), StatusOf(_keyPath), _authoritiesPath is null ? default : StatusOf(_authoritiesPath));
                if (status != _status)
                {
                    var files = ReadFiles();
                    _loaded = files == _loaded.Files ? _loaded : Load(files);
                    (_status, _told) = (status, null);
                }
            }
            catch (Exception failure) when (IsUnusable(failure))
            {
                // The two files are seldom replaced in one step; the next connection looks again.
                Tell(Describe(failure));
            }

            return ToOptions(_loaded);
        }
    }

    private static bool IsUnusable(Exception failure) => failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private static SslServerAuthenticationOptions ToOptions(Loaded loaded) => new()
    {
        ServerCertificateContext = loaded.Certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        ClientCertificateRequired = loaded.Authorities is not null,
        CertificateChainPolicy = loaded.Authorities,
        // Who shows no certificate may show a token; who shows one has to show one that holds.
        RemoteCertificateValidationCallback = loaded.Authorities is null ? null : static (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None,
    };

    private static Loaded Load(Files files)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(files.Certificate);
        var own = X509Certificate2.CreateFromPem(files.Certificate, files.Key);
        var between = new X509Certificate2Collection();
        between.AddRange(certificates.Skip(1).ToArray());
        return new Loaded(files, SslStreamCertificateContext.Create(own, between, offline: true), files.Authorities is { } authorities ? TrustOnly(authorities) : null);
    }

    private static X509ChainPolicy TrustOnly(string authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.ImportFromPem(authorities);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("tls_client_ca has no certificate in it");
    }

    private Files ReadFiles() => new(Read(_certificatePath), Read(_keyPath), _authoritiesPath is null ? null : Read(_authoritiesPath));

    private static FileStatus StatusOf(string path)
    {
        using var file = File.OpenHandle(path);
        return FileStatus.Of(file);
    }

    private static string Read(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[Math.Min(MostFileBytes, file.Length + 1)];
        var size = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return size < MostFileBytes ? Encoding.UTF8.GetString(bytes, 0, size) : throw new IOException($"{path} is no PEM file, but has {MostFileBytes} bytes or more");
    }

    private string Describe(Exception failure) =>
        failure is IOException or UnauthorizedAccessException ? $"TLS: {failure.Message}" : $"TLS: {_certificatePath} and {_keyPath} do not hold a certificate and its key in PEM: {failure.Message}";

    private void Tell(string problem)
    {
        if (_told != problem)
        {
            _tell(_told = problem);
        }
    }

    // The texts of the files; they hold a key, and are never printed.
    private sealed record Files(string Certificate, string Key, string? Authorities)
    {
        public override string ToString() => nameof(Files);
    }

    private sealed record Loaded(Files Files, SslStreamCertificateContext Certificate, X509ChainPolicy? Authorities);
}
