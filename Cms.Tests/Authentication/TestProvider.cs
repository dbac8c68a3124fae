using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.Tests.Authentication;

/// <summary>An OpenID provider on a real port of this machine, whose keys the test replaces.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private RSA _key = RSA.Create(2048);
    private int _keyNumber = 1;

    private TestProvider(WebApplication app) => _app = app;

    /// <summary>What its tokens say in <c>iss</c>.</summary>
    public string Issuer { get; private set; } = "";

    /// <summary>How often its keys were asked for.</summary>
    public int Fetches { get; private set; }

    /// <summary>What it says of itself in its description; null for the truth.</summary>
    public string? ClaimedIssuer { get; set; }

    /// <summary>Starts one, with TLS where there are certificates.</summary>
    public static async Task<TestProvider> StartAsync(TestCertificates? certificates = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            if (certificates?.ForServer("provider") is var (certificate, key))
            {
                listener.UseHttps(X509Certificate2.CreateFromPem(certificate, key));
            }
        }));
        var provider = new TestProvider(builder.Build());
        provider._app.Run(provider.AnswerAsync);
        await provider._app.StartAsync();
        provider.Issuer = provider._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return provider;
    }

    /// <summary>Has another key from now on; the one of before is published no more.</summary>
    public void Rotate()
    {
        _key.Dispose();
        _key = RSA.Create(2048);
        _keyNumber++;
    }

    /// <summary>A token of this moment's key.</summary>
    public string Issue(string subject, string audience = "cms", TimeSpan? lasts = null, string more = "", string? keyName = null) => TokenMaker.Sign(
        TokenMaker.Header("RS256", keyName ?? $"key-{_keyNumber}"),
        TokenMaker.Claims(Issuer, audience, TimeProvider.System.GetUtcNow() + (lasts ?? TimeSpan.FromMinutes(5)), subject, more),
        TokenMaker.Rs256(_key));

    /// <summary>A token that says to be signed by HMAC, with the provider's public key as its secret.</summary>
    public string Confuse(string subject) => TokenMaker.Sign(
        TokenMaker.Header("HS256", $"key-{_keyNumber}"),
        TokenMaker.Claims(Issuer, "cms", TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(5), subject),
        TokenMaker.Hs256(System.Text.Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem())));

    /// <summary>A token without a signature.</summary>
    public string Unsigned(string subject) => TokenMaker.Sign(
        TokenMaker.Header("none"),
        TokenMaker.Claims(Issuer, "cms", TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(5), subject),
        _ => []);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (context.Request.Path == "/.well-known/openid-configuration")
        {
            await context.Response.WriteAsync($"{{\"issuer\":\"{ClaimedIssuer ?? Issuer}\",\"jwks_uri\":\"{Issuer}/keys\"}}");
            return;
        }

        Fetches++;
        await context.Response.WriteAsync(TokenMaker.Set(TokenMaker.Publish(_key, $"key-{_keyNumber}", ",\"use\":\"sig\"")));
    }
}
