using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cms.Tests.Nodes;

namespace Cms.Tests.Authentication;

/// <summary>A real daemon that listens by TCP on a port that it was given, with or without TLS.</summary>
internal sealed partial class TcpNode : IAsyncDisposable
{
    public NodeProcess Node { get; } = new();

    public TestCertificates Certificates { get; } = new();

    /// <summary>Where it listens, such as <c>https://127.0.0.1:43210</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public string CertificatePath => Path.Combine(Node.Root, "tls.crt");

    public string KeyPath => Path.Combine(Node.Root, "tls.key");

    /// <summary>Starts a daemon without TLS.</summary>
    public static async Task<TcpNode> StartPlainAsync(string access = "", params string[] settings)
    {
        var node = new TcpNode();
        node.WriteAccess(access);
        await node.StartAsync(["--listen=127.0.0.1:0", .. settings]);
        return node;
    }

    /// <summary>Starts a daemon with TLS that asks callers for a certificate.</summary>
    public static async Task<TcpNode> StartTlsAsync(string access = "", params string[] settings)
    {
        var node = new TcpNode();
        node.WriteAccess(access);
        node.WriteCertificate("first");
        var authorities = Path.Combine(node.Node.Root, "clients.crt");
        await File.WriteAllTextAsync(authorities, node.Certificates.AuthorityPem);
        await node.StartAsync([$"--tls-certificate={node.CertificatePath}", $"--tls-key={node.KeyPath}", $"--tls-client-ca={authorities}", "--listen=127.0.0.1:0", .. settings]);
        return node;
    }

    /// <summary>Puts another certificate into the daemon's files.</summary>
    public void WriteCertificate(string name)
    {
        var (certificate, key) = Certificates.ForServer(name);
        File.WriteAllText(CertificatePath, certificate);
        File.WriteAllText(KeyPath, key);
    }

    /// <summary>A client that trusts the test's authority and shows what it is given.</summary>
    public HttpClient Client(string? token = null, X509Certificate2? certificate = null, Action<string>? seen = null, IPAddress? from = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Certificates.Authority);
        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        if (seen is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
            {
                seen(shown!.Subject);
                return errors == System.Net.Security.SslPolicyErrors.None;
            };
        }

        if (from is not null)
        {
            handler.ConnectCallback = (context, cancellation) => ConnectAsync(from, context.DnsEndPoint.Port, cancellation);
        }

        var client = new HttpClient(handler) { BaseAddress = new Uri(Address, "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    // Linux takes every address of 127.0.0.0/8 for one of this machine.
    private static async ValueTask<Stream> ConnectAsync(IPAddress from, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Who the node says that a token is of; null when it says nothing.</summary>
    public async Task<(HttpStatusCode Status, string? Principal)> WhoAmIAsync(string? token, X509Certificate2? certificate = null)
    {
        using var client = Client(token, certificate);
        return await WhoAmIAsync(client);
    }

    public static async Task<(HttpStatusCode Status, string? Principal)> WhoAmIAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("whoami");
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, body.TryGetProperty("principal", out var principal) ? principal.GetString() : null);
    }

    /// <summary>Why a token is refused.</summary>
    public async Task<(HttpStatusCode Status, string Detail)> RefusalAsync(string token)
    {
        using var client = Client(token);
        using var answer = await client.GetAsync("whoami");
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("detail", out var detail) ? detail.GetString()! : "");
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Certificates.Dispose();
    }

    private void WriteAccess(string text)
    {
        var path = Node.FileOf("access");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task StartAsync(IEnumerable<string> settings)
    {
        foreach (var setting in settings)
        {
            Node.Set(setting);
        }

        await Node.StartAsync();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        Match found;
        while (!(found = Listening().Match(Node.Output.ToString())).Success)
        {
            await tick.WaitForNextTickAsync();
        }

        Address = new Uri(found.Groups[1].Value);
    }

    [GeneratedRegex("listening on (https?://[0-9.:]+)")]
    private static partial Regex Listening();
}
