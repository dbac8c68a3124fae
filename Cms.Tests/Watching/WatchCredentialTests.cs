using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Tests.Authentication;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Watching;

/// <summary>Watches by TCP: they end with what they were opened with, and browsers open them by tickets.</summary>
public sealed class WatchCredentialTests
{
    private const string Rules =
        "config rule 'read'\n\toption effect 'allow'\n\tlist action 'read'\n\tlist action 'watch'\n\tlist principal '*'\n\tlist path 'net'\n\n";

    private static readonly KeyToken Deploy = KeyToken.Create("deploy");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Key => $"config key 'deploy'\n\toption hash '{SecretHash.Create(Deploy.Text, SecretHash.LeastIterations)}'\n\n";

    private static string User => $"config user 'anna'\n\toption password '{SecretHash.Create("correct horse", SecretHash.LeastIterations)}'\n\n";

    [Theory]
    [InlineData("delete access.deploy", "vouched")]
    [InlineData("set access.deploy.disabled=1", "vouched")]
    [InlineData("set access.deploy.expires=2001-01-01", "vouched")]
    [InlineData("add_list access.deploy.scope=read *", "vouched")]
    [InlineData("delete access.read", "rules")]
    public async Task A_watch_ends_with_the_key_and_with_the_rules_that_it_was_opened_by(string change, string why)
    {
        await using var node = await StartAsync();
        using var client = node.Client(Deploy.Text);
        using var lines = await LinesAsync(client, "watch?pattern=net");
        Assert.Contains("\"start\"", await lines.ReadLineAsync(Token), StringComparison.Ordinal);
        using var socket = await ConnectAsync(node, "ws", options => options.SetRequestHeader("Authorization", "Bearer " + Deploy.Text));
        await SubscribeAsync(socket);

        // What changes nothing of it ends nothing.
        await CmsAsync(node, "set access.deploy.note=x");
        await CmsAsync(node, "set net.lan.mtu=1");
        Assert.Contains("\"revision\":2", await lines.ReadLineAsync(Token), StringComparison.Ordinal);
        Assert.Equal(2, (await ReceiveAsync(socket))!.Revision);
        await CmsAsync(node, change);
        var last = JsonSerializer.Deserialize((await lines.ReadLineAsync(Token))!, WireJson.Default.WatchLine)!;
        Assert.Equal((WatchLine.Failed, "denied"), (last.Kind, last.Problem!.Code));
        Assert.Contains(why, last.Problem.Detail, StringComparison.Ordinal);
        Assert.Null(await lines.ReadLineAsync(Token));
        Assert.Null(await ReceiveAsync(socket));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        Assert.Contains(why, socket.CloseStatusDescription, StringComparison.Ordinal);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        var numbers = "";
        await Eventually.IsSoAsync(async () => (numbers = await NumbersAsync(node)).Contains("cms_watch_ends_total{reason=\"rights\"} 2\n", StringComparison.Ordinal));
        Assert.Contains("cms_watch_events_total 2\n", numbers, StringComparison.Ordinal);
        Assert.Contains("cms_watch_connections{way=\"lines\"} 0\n", numbers, StringComparison.Ordinal);
        Assert.DoesNotContain("cms_request_duration_seconds_count{operation=\"GET /api/v1/w", numbers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_keeps_its_login_and_ends_with_it()
    {
        await using var node = await StartAsync("--session-idle-seconds=60");
        using var nobody = node.Client();
        using var answer = await nobody.PostAsJsonAsync("login", new { user = "anna", password = "correct horse" }, Token);
        var login = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!;
        using var client = node.Client(login);
        using var lines = await LinesAsync(client, "events?pattern=net");
        Assert.Equal("retry: 1000", await lines.ReadLineAsync(Token));
        using var ended = await client.PostAsync("logout", null, Token);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        var rest = await lines.ReadToEndAsync(Token);
        Assert.Contains("event: failed", rest, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"denied\"", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_opens_one_watch_and_nothing_else()
    {
        await using var node = await StartAsync();
        using var client = node.Client(Deploy.Text);
        using var nobody = node.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PostAsync("watch-tickets", null, Token)).StatusCode);
        var ticket = await TicketAsync(client);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"modules/net?ticket={ticket}", Token)).StatusCode);
        using (var socket = await ConnectAsync(node, $"ws?ticket={ticket}", _ => { }))
        {
            await SubscribeAsync(socket);
            await CmsAsync(node, "set net.lan.mtu=1");
            Assert.Equal(2, (await ReceiveAsync(socket))!.Revision);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"events?pattern=net&ticket={ticket}", Token)).StatusCode);
        using var local = NodeHttp.Client(node.Node);
        var onSocket = await TicketAsync(local);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"events?pattern=net&ticket={onSocket}", Token)).StatusCode);
        using var lines = await LinesAsync(nobody, $"events?pattern=net&ticket={await TicketAsync(client)}");
        Assert.Equal("retry: 1000", await lines.ReadLineAsync(Token));
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("whoami", Token)).StatusCode);

        // It is whose it was, and ends as he does.
        var unused = await TicketAsync(client);
        await CmsAsync(node, "delete access.deploy");
        Assert.Contains("event: failed", await lines.ReadToEndAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"events?pattern=net&ticket={unused}", Token)).StatusCode);
        Assert.DoesNotContain(ticket, node.Node.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(unused, (await ProgramRun.CmsAsync(node.Node, "audit", "show")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tickets_of_one_caller_are_bounded()
    {
        await using var node = await StartAsync();
        using var client = node.Client(Deploy.Text);
        for (var count = 0; count < 100; count++)
        {
            await TicketAsync(client);
        }

        using var refused = await client.PostAsync("watch-tickets", null, Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        using var other = NodeHttp.Client(node.Node);
        await TicketAsync(other);
    }

    [Theory]
    [InlineData("watch?pattern=net")]
    [InlineData("events?pattern=net")]
    public async Task Pages_of_elsewhere_do_not_watch(string path)
    {
        await using var node = await StartAsync();
        using var client = node.Client(Deploy.Text);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", "http://elsewhere");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static Task<TcpNode> StartAsync(params string[] settings) => StartWithModuleAsync(TcpNode.StartPlainAsync(Rules + Key + User, settings));

    private static async Task<TcpNode> StartWithModuleAsync(Task<TcpNode> starting)
    {
        var node = await starting;
        await node.Node.Client.ImportAsync("net", "config interface 'lan'\n\toption mtu '1500'\n"u8.ToArray(), new(), Token);
        return node;
    }

    private static async Task CmsAsync(TcpNode node, string command)
    {
        var (verb, rest) = (command[..command.IndexOf(' ', StringComparison.Ordinal)], command[(command.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        Assert.Equal((0, ""), await RunAsync(node, verb, rest));
        Assert.Equal((0, ""), await RunAsync(node, "commit"));
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(TcpNode node, params string[] arguments)
    {
        var run = await ProgramRun.CmsAsync(node.Node, arguments);
        return (run.ExitCode, run.Error);
    }

    private static async Task<string> TicketAsync(HttpClient client)
    {
        using var answer = await client.PostAsync("watch-tickets", null, Token);
        Assert.Equal((HttpStatusCode.OK, true), (answer.StatusCode, answer.Headers.CacheControl is { NoStore: true }));
        return (await answer.Content.ReadFromJsonAsync(WireJson.Default.WatchTicketReply, Token))!.Ticket;
    }

    private static async Task<StreamReader> LinesAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
    }

    private static async Task<ClientWebSocket> ConnectAsync(TcpNode node, string path, Action<ClientWebSocketOptions> configure)
    {
        var socket = new ClientWebSocket();
        configure(socket.Options);
        await socket.ConnectAsync(new UriBuilder(new Uri(node.Address, "/api/v1/" + path)) { Scheme = "ws" }.Uri, Token);
        return socket;
    }

    private static async Task SubscribeAsync(ClientWebSocket socket)
    {
        await socket.SendAsync("{\"op\":\"subscribe\",\"subscription\":\"a\",\"patterns\":[\"net\"]}"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token);
        Assert.Equal(WatchLine.Start, (await ReceiveAsync(socket))!.Kind);
    }

    // Null when the daemon has closed the WebSocket.
    private static async Task<WatchLine?> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16_384];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), Token);
        return received.MessageType == WebSocketMessageType.Close ? null : JsonSerializer.Deserialize(buffer.AsSpan(0, received.Count), WireJson.Default.WatchLine);
    }

    private static async Task<string> NumbersAsync(TcpNode node)
    {
        using var local = NodeHttp.Client(node.Node);
        return await local.GetStringAsync(new Uri("http://cms/metrics"), Token);
    }
}
