using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>A real daemon and a real OpenID provider, whose keys rotate and who goes away.</summary>
public sealed class ProviderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_of_a_provider_hold_through_a_rotation_and_while_it_is_away()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var node = await TcpNode.StartPlainAsync(Issuer(provider));
        var first = provider.Issue("anna", more: ",\"groups\":[\"ops\"]");
        using (var client = node.Client(first))
        {
            var who = await client.GetFromJsonAsync<JsonElement>("whoami", Cancellation);
            Assert.Equal("jwt:corp/anna", who.GetProperty("principal").GetString());
            Assert.Equal(["group:corp/ops"], who.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        }

        Assert.Equal(1, provider.Fetches);
        provider.Rotate();
        Assert.Equal((HttpStatusCode.OK, "jwt:corp/berta"), await node.WhoAmIAsync(provider.Issue("berta")));
        Assert.Equal(2, provider.Fetches);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync(provider.Issue("carla", keyName: "made up"))).Status);
        Assert.Equal(2, provider.Fetches);
        var late = provider.Issue("dora");
        await provider.DisposeAsync();
        Assert.Equal((HttpStatusCode.OK, "jwt:corp/dora"), await node.WhoAmIAsync(late));
    }

    [Fact]
    public async Task Forged_and_foreign_tokens_are_refused()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var other = await TestProvider.StartAsync();
        await using var node = await TcpNode.StartPlainAsync(Issuer(provider));
        var good = provider.Issue("anna").Split('.');
        var berta = provider.Issue("berta").Split('.');
        foreach (var (token, why) in new[]
        {
            (provider.Unsigned("anna"), "algorithm"),
            (provider.Confuse("anna"), "algorithm"),
            ($"{good[0]}.{berta[1]}.{good[2]}", "signature"),
            (provider.Issue("anna", audience: "elsewhere"), "audience"),
            (provider.Issue("anna", lasts: TimeSpan.FromMinutes(-5)), "expired"),
            (provider.Issue("a\nuid:0"), "whose"),
        })
        {
            var (status, detail) = await node.RefusalAsync(token);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains(why, detail, StringComparison.Ordinal);
        }

        Assert.Contains("issuer", (await node.RefusalAsync(other.Issue("anna"))).Detail, StringComparison.Ordinal);
        Assert.Equal(0, other.Fetches);
        Assert.Equal((HttpStatusCode.OK, "jwt:corp/anna"), await node.WhoAmIAsync(provider.Issue("anna")));
    }

    [Fact]
    public async Task A_provider_that_describes_another_one_is_not_believed()
    {
        await using var provider = await TestProvider.StartAsync();
        provider.ClaimedIssuer = "https://elsewhere.example";
        await using var node = await TcpNode.StartPlainAsync(Issuer(provider));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await node.WhoAmIAsync(provider.Issue("anna"))).Status);
        Assert.Equal(0, provider.Fetches);
    }

    [Fact]
    public async Task A_provider_with_a_certificate_is_believed_when_its_authority_is_named_and_not_otherwise()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var provider = await TestProvider.StartAsync(certificates);
        Assert.StartsWith("https://", provider.Issuer, StringComparison.Ordinal);
        foreach (var (authority, expected) in new[] { (null, HttpStatusCode.ServiceUnavailable), (others, HttpStatusCode.ServiceUnavailable), (certificates, HttpStatusCode.OK) })
        {
            var file = Path.GetTempFileName();
            try
            {
                await File.WriteAllTextAsync(file, authority?.AuthorityPem, Cancellation);
                await using var node = await TcpNode.StartPlainAsync(Issuer(provider) + (authority is null ? "" : $" option ca_file '{file}'\n"));
                Assert.Equal(expected, (await node.WhoAmIAsync(provider.Issue("anna"))).Status);
            }
            finally
            {
                File.Delete(file);
            }
        }

        Assert.Equal(1, provider.Fetches);
    }

    [Fact]
    public async Task A_secret_that_is_shared_signs_tokens_and_nothing_else_does()
    {
        var secret = RandomNumberGenerator.GetBytes(48);
        var file = Path.GetTempFileName();
        try
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllBytesAsync(file, [.. secret, (byte)'\n'], Cancellation);
            await using var node = await TcpNode.StartPlainAsync(
                $"config issuer 'corp'\n option issuer 'shared'\n list audience 'cms'\n list algorithm 'HS256'\n option secret_file '{file}'\n");
            var claims = TokenMaker.Claims("shared", "cms", TimeProvider.System.GetUtcNow().AddMinutes(5));
            var token = TokenMaker.Sign(TokenMaker.Header("HS256"), claims, TokenMaker.Hs256(secret));
            Assert.Equal((HttpStatusCode.OK, "jwt:corp/anna"), await node.WhoAmIAsync(token));
            using var key = RSA.Create(2048);
            foreach (var forged in new[]
            {
                TokenMaker.Sign(TokenMaker.Header("HS256"), claims, TokenMaker.Hs256(RandomNumberGenerator.GetBytes(48))),
                TokenMaker.Sign(TokenMaker.Header("HS256"), claims, TokenMaker.Hs256([])),
                TokenMaker.Sign(TokenMaker.Header("RS256"), claims, TokenMaker.Rs256(key)),
                TokenMaker.Sign(TokenMaker.Header("none"), claims, _ => []),
            })
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync(forged)).Status);
            }

            Assert.DoesNotContain(token, node.Node.Output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("list audience cms\n list algorithm none\n option jwks_uri https://login.example/keys", "algorithm")]
    [InlineData("list audience cms\n option jwks_uri https://login.example/keys", "algorithm")]
    [InlineData("list algorithm RS256\n option jwks_uri https://login.example/keys", "audience")]
    [InlineData("list audience cms\n list algorithm RS256\n option jwks_uri http://login.example/keys", "https")]
    [InlineData("list audience cms\n list algorithm RS256\n list algorithm HS256\n option secret_file /etc/secret", "HS256")]
    [InlineData("list audience cms\n list algorithm HS256", "HS256")]
    public async Task An_issuer_that_cannot_be_believed_is_named_in_the_log(string options, string why)
    {
        await using var node = await TcpNode.StartPlainAsync($"config issuer 'corp'\n option issuer 'https://login.example'\n {options}\n");
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync("e30.e30.e30")).Status);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!node.Node.Output.ToString().Contains("corp vouches for nobody", StringComparison.Ordinal))
        {
            await tick.WaitForNextTickAsync(Cancellation);
        }

        Assert.Contains(why, node.Node.Output.ToString(), StringComparison.Ordinal);
    }

    private static string Issuer(TestProvider provider) =>
        $"config issuer 'corp'\n option issuer '{provider.Issuer}'\n list audience 'cms'\n list algorithm 'RS256'\n option groups_claim 'groups'\n";
}
