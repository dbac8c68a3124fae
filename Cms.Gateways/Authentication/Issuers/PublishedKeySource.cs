using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>Keys that an issuer publishes: their address is set, or learnt from what the issuer publishes of itself (OpenID Connect Discovery).</summary>
/// <remarks>Any thread may call. Nothing that a token says decides what is asked for.</remarks>
internal sealed class PublishedKeySource : IKeySource
{
    private const int MostBytes = 1 << 20;
    private const string WellKnown = "/.well-known/openid-configuration";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly JsonDocumentOptions Rules = new() { AllowDuplicateProperties = false };

    private readonly IssuerSettings _issuer;
    private readonly KeyOrigin.Published _origin;
    private readonly HttpClient _http;

    /// <param name="issuer">Whose keys.</param>
    /// <param name="origin">Where they are.</param>
    /// <exception cref="KeySourceException">The file of authorities cannot be read.</exception>
    public PublishedKeySource(IssuerSettings issuer, KeyOrigin.Published origin)
    {
        (_issuer, _origin) = (issuer, origin);
        var first = origin.Address ?? new Uri(issuer.Issuer);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !first.IsLoopback,
            ConnectTimeout = LongestWait,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = origin.AuthorityFile is { } file ? Trusting(file) : null,
            },
        };
        _http = new HttpClient(handler) { Timeout = LongestWait, MaxResponseContentBufferSize = MostBytes };
    }

    /// <inheritdoc/>
    public TimeSpan Freshness => TimeSpan.FromHours(1);

    /// <summary>Whether keys may be asked for there: by TLS, or on this machine.</summary>
    public static bool IsSafe(Uri address) =>
        address is { IsAbsoluteUri: true, UserInfo: "" } && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VerificationKey>> FetchAsync(CancellationToken cancellation)
    {
        try
        {
            return KeySetReader.Read(await _http.GetByteArrayAsync(_origin.Address ?? await DiscoverAsync(cancellation), cancellation));
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new KeySourceException($"the keys of {_issuer.Issuer} cannot be had: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<Uri> DiscoverAsync(CancellationToken cancellation)
    {
        using var document = JsonDocument.Parse(await _http.GetByteArrayAsync(new Uri(_issuer.Issuer.TrimEnd('/') + WellKnown), cancellation), Rules);
        var root = document.RootElement;
        if (JsonWebToken.TextOf(root, "issuer") != _issuer.Issuer)
        {
            throw new KeySourceException($"what is published below {_issuer.Issuer} is of another issuer");
        }

        return Uri.TryCreate(JsonWebToken.TextOf(root, "jwks_uri"), UriKind.Absolute, out var address) && IsSafe(address)
            ? address
            : throw new KeySourceException($"{_issuer.Issuer} publishes no jwks_uri, or none that is https");
    }

    private static X509ChainPolicy Trusting(string file)
    {
        try
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            return policy;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new KeySourceException($"{file}: {failure.Message}", failure);
        }
    }
}
