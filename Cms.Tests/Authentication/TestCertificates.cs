using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cms.Tests.Authentication;

/// <summary>An authority and the certificates that it gives, made for one test.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        _authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    public string AuthorityPem => _authority.ExportCertificatePem();

    public X509Certificate2 Authority => _authority;

    /// <summary>A certificate for <c>localhost</c> and 127.0.0.1.</summary>
    public (string Certificate, string Key) ForServer(string name) => Issue($"CN={name}", "1.3.6.1.5.5.7.3.1", expired: false);

    /// <summary>A certificate for somebody who calls.</summary>
    public X509Certificate2 ForClient(string subject, bool expired = false, bool isServer = false)
    {
        var (certificate, key) = Issue(subject, isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2", expired);
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    private (string Certificate, string Key) Issue(string subject, string usage, bool expired)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(_authority, now.AddHours(-20), expired ? now.AddHours(-1) : now.AddHours(20), RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _authority.Dispose();
}
