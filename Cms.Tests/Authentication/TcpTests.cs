using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Cms.Formats.Access;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>A real daemon, real sockets and TLS: who is let in, by what.</summary>
public sealed class TcpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_is_let_in_who_shows_nothing_or_something_wrong()
    {
        await using var node = await TcpNode.StartPlainAsync();
        using var client = node.Client();
        using var answer = await client.GetAsync("status", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"cms\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        foreach (var header in new[] { "Bearer", "Bearer ", "Basic YTpi", "bearer x", "Bearer cms_", "Bearer cmss_0", "Bearer e30.e30.e30", "Bearer a b", "Negotiate x" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "status");
            request.Headers.TryAddWithoutValidation("Authorization", header);
            using var refused = await client.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        using var health = await client.GetAsync(new Uri(node.Address, "/health/live"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task A_key_is_let_in_until_it_expires_is_switched_off_or_is_withdrawn()
    {
        var (deploy, old, off, gone) = (KeyToken.Create("deploy"), KeyToken.Create("old"), KeyToken.Create("off"), KeyToken.Create("gone"));
        await using var node = await TcpNode.StartPlainAsync(
            Key(deploy, "option expires '2100-01-01'") + Key(old, "option expires '2020-01-01'") + Key(off, "option disabled 1") + Key(gone));
        Assert.Equal((HttpStatusCode.OK, "key:deploy"), await node.WhoAmIAsync(deploy.Text));
        Assert.Contains("expired", (await node.RefusalAsync(old.Text)).Detail, StringComparison.Ordinal);
        Assert.Contains("switched off", (await node.RefusalAsync(off.Text)).Detail, StringComparison.Ordinal);
        var wrong = await node.RefusalAsync(KeyToken.Create("old").Text);
        Assert.Equal(wrong, await node.RefusalAsync(KeyToken.Create("nobody").Text));
        Assert.DoesNotContain("expired", wrong.Detail, StringComparison.Ordinal);

        using var client = node.Client(gone.Text);
        Assert.Equal((HttpStatusCode.OK, "key:gone"), await TcpNode.WhoAmIAsync(client));
        Assert.Equal(0, (await ProgramRun.CmsAsync(node.Node, "delete", "access.gone")).ExitCode);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node.Node, "commit")).ExitCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TcpNode.WhoAmIAsync(client)).Status);
        Assert.Equal((HttpStatusCode.OK, "key:deploy"), await node.WhoAmIAsync(deploy.Text));
        Assert.DoesNotContain(deploy.Text[^64..], node.Node.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_secrets_are_made_to_wait_and_a_key_that_is_known_is_not()
    {
        var deploy = KeyToken.Create("deploy");
        await using var node = await TcpNode.StartPlainAsync(Key(deploy));
        using var known = node.Client(deploy.Text);
        Assert.Equal(HttpStatusCode.OK, (await TcpNode.WhoAmIAsync(known)).Status);
        HttpStatusCode last = default;
        TimeSpan? wait = null;
        for (var attempt = 0; attempt < 20 && last != HttpStatusCode.TooManyRequests; attempt++)
        {
            using var client = node.Client(KeyToken.Create("deploy").Text);
            using var answer = await client.GetAsync("whoami", Cancellation);
            (last, wait) = (answer.StatusCode, answer.Headers.RetryAfter?.Delta);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        Assert.True(wait > TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.OK, (await TcpNode.WhoAmIAsync(known)).Status);
        Assert.Equal(HttpStatusCode.OK, (await node.WhoAmIAsync(deploy.Text)).Status);
    }

    [Fact]
    public async Task A_password_makes_a_session_with_a_new_token_each_time_which_ends_with_logout_and_with_the_password()
    {
        await using var node = await TcpNode.StartPlainAsync(User("anna", "correct horse"));
        using var client = node.Client();
        using (var wrong = await client.PostAsJsonAsync("login", new { user = "anna", password = "wrong" }, Cancellation))
        using (var unknown = await client.PostAsJsonAsync("login", new { user = "nobody", password = "wrong" }, Cancellation))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.Equal(await wrong.Content.ReadAsStringAsync(Cancellation), await unknown.Content.ReadAsStringAsync(Cancellation));
        }

        var first = await LogInAsync(client, "anna", "correct horse");
        using var shared = node.Client(first);
        var second = await LogInAsync(shared, "anna", "correct horse");
        Assert.NotEqual(first, second);
        Assert.Equal((HttpStatusCode.OK, "user:anna"), await TcpNode.WhoAmIAsync(shared));
        using (var ended = await shared.PostAsync("logout", null, Cancellation))
        {
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await TcpNode.WhoAmIAsync(shared)).Status);
        Assert.Equal((HttpStatusCode.OK, "user:anna"), await node.WhoAmIAsync(second));
        var hash = SecretHash.Create("another one", SecretHash.LeastIterations);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node.Node, "set", $"access.anna.password={hash}")).ExitCode);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node.Node, "commit")).ExitCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync(second)).Status);
        var third = await LogInAsync(client, "anna", "another one");
        await node.Node.KillAsync();
        await node.Node.StartAsync();
        Assert.DoesNotContain("correct horse", node.Node.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(third, node.Node.Output.ToString(), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(node.Node.StateDirectory).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancellation));
            Assert.DoesNotContain(third, text, StringComparison.Ordinal);
            Assert.DoesNotContain("correct horse", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"user\":\"\",\"password\":\"x\"}")]
    [InlineData("{\"user\":\"anna\",\"password\":\"\"}")]
    [InlineData("[")]
    [InlineData("null")]
    public async Task A_login_that_is_none_is_refused(string body)
    {
        await using var node = await TcpNode.StartPlainAsync();
        using var client = node.Client();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("login", content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var large = new StringContent(new string(' ', 10_000), System.Text.Encoding.UTF8, "application/json");
        using var tooLarge = await client.PostAsync("login", large, Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Fact]
    public async Task A_token_shown_on_the_socket_stands_for_the_caller_even_when_he_is_root()
    {
        var deploy = KeyToken.Create("deploy");
        await using var node = await TcpNode.StartPlainAsync(Key(deploy));
        using var socket = NodeHttp.Client(node.Node);
        Assert.StartsWith("uid:", (await TcpNode.WhoAmIAsync(socket)).Principal, StringComparison.Ordinal);
        socket.DefaultRequestHeaders.Authorization = new("Bearer", deploy.Text);
        Assert.Equal((HttpStatusCode.OK, "key:deploy"), await TcpNode.WhoAmIAsync(socket));
        var who = await socket.GetFromJsonAsync<JsonElement>("whoami", Cancellation);
        Assert.False(who.GetProperty("administrator").GetBoolean());
        socket.DefaultRequestHeaders.Authorization = new("Bearer", KeyToken.Create("deploy").Text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TcpNode.WhoAmIAsync(socket)).Status);
    }

    [Fact]
    public async Task A_certificate_of_the_authority_names_its_bearer_and_others_are_turned_away()
    {
        await using var node = await TcpNode.StartTlsAsync();
        using var anna = node.Certificates.ForClient("CN=anna, O=example");
        Assert.Equal((HttpStatusCode.OK, "cert:CN=anna, O=example"), await node.WhoAmIAsync(null, anna));
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync(null)).Status);
        using var others = new TestCertificates();
        using var foreign = others.ForClient("CN=anna");
        using var expired = node.Certificates.ForClient("CN=anna", expired: true);
        using var server = node.Certificates.ForClient("CN=anna", isServer: true);
        foreach (var bad in new[] { foreign, expired, server })
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => node.WhoAmIAsync(null, bad));
        }
    }

    [Fact]
    public async Task Another_certificate_is_shown_once_its_files_have_changed_and_connections_stay()
    {
        await using var node = await TcpNode.StartTlsAsync();
        var seen = new List<string>();
        using var stays = node.Client(seen: seen.Add);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TcpNode.WhoAmIAsync(stays)).Status);
        Assert.Equal("CN=first", seen[^1]);

        // Half of a change: the certificate is another one, its key is not there yet.
        var (certificate, key) = node.Certificates.ForServer("second");
        await File.WriteAllTextAsync(node.CertificatePath, certificate, Cancellation);
        Assert.Equal("CN=first", await ShownAsync(node));
        await File.WriteAllTextAsync(node.KeyPath, key, Cancellation);
        Assert.Equal("CN=second", await ShownAsync(node));
        File.Delete(node.KeyPath);
        Assert.Equal("CN=second", await ShownAsync(node));

        Assert.Equal(HttpStatusCode.Unauthorized, (await TcpNode.WhoAmIAsync(stays)).Status);
        Assert.Equal(["CN=first"], seen);
        Assert.Contains("the certificate of before stays in use", node.Node.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", node.Node.Output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_of_TLS_are_spoken_and_plain_text_is_not(SslProtocols version)
    {
        await using var node = await TcpNode.StartTlsAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, node.Address.Port, Cancellation);
        await using var stream = new SslStream(socket.GetStream());
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(node.Certificates.Authority);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = version, CertificateChainPolicy = trust }, Cancellation);
        Assert.Equal(version, stream.SslProtocol);

        using var plain = node.Client();
        plain.BaseAddress = new UriBuilder(node.Address) { Scheme = "http", Path = "/api/v1/" }.Uri;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => TcpNode.WhoAmIAsync(plain));
    }

    // The client's own library may not speak these any more, so the first words of the handshake are written by hand.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Older_versions_of_TLS_are_refused(byte minorVersion)
    {
        await using var node = await TcpNode.StartTlsAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, node.Address.Port, Cancellation);
        byte[] suites = [0xc0, 0x0a, 0xc0, 0x09, 0xc0, 0x14, 0xc0, 0x13, 0x00, 0x35, 0x00, 0x2f, 0x00, 0x0a];
        byte[] extensions = [0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17, 0x00, 0x0b, 0x00, 0x02, 0x01, 0x00];
        byte[] hello = [3, minorVersion, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0, 0, (byte)extensions.Length, .. extensions];
        byte[] handshake = [1, 0, 0, (byte)hello.Length, .. hello];
        byte[] record = [0x16, 3, 1, 0, (byte)handshake.Length, .. handshake];
        var stream = socket.GetStream();
        await stream.WriteAsync(record, Cancellation);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, Cancellation);

        // A fatal alert, protocol_version, and the end.
        Assert.Equal([0x15, 2, 70], answer.ToArray() is { Length: 7 } alert ? [alert[0], alert[5], alert[6]] : answer.ToArray());
    }

    [Theory]
    [InlineData("needs tls_certificate", "--listen=0.0.0.0:0")]
    [InlineData("go together", "--listen=127.0.0.1:0", "--tls-key=/nowhere")]
    [InlineData("/nowhere", "--listen=127.0.0.1:0", "--tls-key=/nowhere", "--tls-certificate=/nowhere")]
    [InlineData("do not hold a certificate", "--listen=127.0.0.1:0", "--tls-key=/etc/hostname", "--tls-certificate=/etc/hostname")]
    [InlineData("needs tls_certificate", "--listen=127.0.0.1:0", "--tls-client-ca=/etc/hostname")]
    [InlineData("no address with a port", "--listen=7777")]
    [InlineData("no address with a port", "--listen=127.0.0.1")]
    public async Task What_would_be_open_to_others_or_does_not_go_together_does_not_start(string why, params string[] settings)
    {
        await using var node = new NodeProcess();
        foreach (var setting in settings)
        {
            node.Set(setting);
        }

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    private static string Key(KeyToken token, string more = "") =>
        $"config key '{token.Name}'\n option hash '{SecretHash.Create(token.Text, SecretHash.LeastIterations)}'\n {more}\n\n";

    private static string User(string name, string password) =>
        $"config user '{name}'\n option password '{SecretHash.Create(password, SecretHash.LeastIterations)}'\n\n";

    private static async Task<string> LogInAsync(HttpClient client, string user, string password)
    {
        using var answer = await client.PostAsJsonAsync("login", new { user, password }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("token").GetString()!;
    }

    private static async Task<string> ShownAsync(TcpNode node)
    {
        var seen = "";
        using var client = node.Client(seen: subject => seen = subject);
        await TcpNode.WhoAmIAsync(client);
        return seen;
    }
}
