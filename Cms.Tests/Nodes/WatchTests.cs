using System.Net.Sockets;
using System.Text;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Commits as a process hears of them over the socket.</summary>
public sealed class WatchTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_is_told_with_what_was_there_before()
    {
        await using var node = await StartAsync();
        await using var lines = await WatchAsync(node, new() { Patterns = ["net"], Old = true });
        await SetAsync(node, "mtu", "9000");
        await node.Client.CommitAsync("net", new() { Operations = [new() { Op = "delete", Section = "lan" }], Message = "away" }, Token);
        var set = await NextAsync(lines);
        Assert.Equal((WatchLine.Commit, "net", 2, 1, true), (set.Kind, set.Module, set.Revision, set.ChangeCount, set.IsComplete));
        var change = Assert.Single(set.Changes!);
        Assert.Equal(("set", "lan", 1, "mtu", "9000", "1500"), (change.Op, change.Section, change.Id, change.Option, change.Value!.GetText(), change.Old!.GetText()));
        var deleted = await NextAsync(lines);
        Assert.Equal(("away", "unix"), (deleted.Message, deleted.Gateway));
        change = Assert.Single(deleted.Changes!);
        Assert.Equal(("delete", "lan", "interface", "9000"), (change.Op, change.Section, change.OldType, change.OldOptions!["mtu"].GetText()));
    }

    [Fact]
    public async Task A_watch_goes_on_where_it_was_when_the_daemon_dies_and_comes_back()
    {
        await using var node = await StartAsync();
        await using var lines = await WatchAsync(node, new() { Patterns = ["*"], HeartbeatMs = 100 });
        for (var round = 0; round < 3; round++)
        {
            await SetAsync(node, "mtu", $"{round}");
            Assert.Equal($"{round}", (await NextAsync(lines)).Changes![0].Value!.GetText());
            await SetAsync(node, "mtu", $"{round} unheard");
            await (round == 1 ? node.StopAsync() : node.KillAsync());
            await node.StartAsync();
            var unheard = await NextAsync(lines);
            if (unheard.Kind == WatchLine.Start)
            {
                unheard = await NextAsync(lines);
            }
            else
            {
                Assert.Equal(WatchLine.Start, (await NextAsync(lines)).Kind);
            }

            Assert.Equal((WatchLine.Commit, 3 + (2 * round), $"{round} unheard"), (unheard.Kind, unheard.Revision, unheard.Changes![0].Value!.GetText()));
        }
    }

    [Fact]
    public async Task A_thousand_watches_each_hear_every_commit()
    {
        await using var node = await StartAsync();
        var clients = Enumerable.Range(0, 1000).Select(_ => new CmsClient(SocketOf(node))).ToList();
        var watches = await Task.WhenAll(clients.Select(client => WatchAsync(client, new() { Patterns = ["net.lan"] })));
        await SetAsync(node, "mtu", "1");
        await SetAsync(node, "mtu", "2");
        foreach (var lines in watches)
        {
            Assert.Equal(2, (await NextAsync(lines)).Revision);
            Assert.Equal(3, (await NextAsync(lines)).Revision);
            await lines.DisposeAsync();
        }

        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_slow_watch_holds_nobody_up_and_loses_nothing()
    {
        await using var node = await StartAsync("--event-ring-count=2");
        using var slow = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await slow.ConnectAsync(new UnixDomainSocketEndPoint(SocketOf(node)), Token);
        await slow.SendAsync(Encoding.ASCII.GetBytes("GET /api/v1/watch?pattern=net&since=1 HTTP/1.1\r\nHost: cms\r\n\r\n"), Token);
        var value = new string('x', 100_000);
        for (var number = 0; number < 100; number++)
        {
            await SetAsync(node, "note", $"{number} {value}");
        }

        await using var stream = new NetworkStream(slow);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var next = 2;
        while (next <= 101)
        {
            var line = await reader.ReadLineAsync(Token) ?? throw new InvalidDataException("the watch has ended");
            next += line.Contains($"\"revision\":{next},", StringComparison.Ordinal) ? 1 : 0;
        }
    }

    [Fact]
    public async Task A_silent_watch_shows_that_it_lives_and_a_daemon_that_stops_says_so()
    {
        await using var node = await StartAsync();
        using var watch = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await watch.ConnectAsync(new UnixDomainSocketEndPoint(SocketOf(node)), Token);
        await watch.SendAsync(Encoding.ASCII.GetBytes("GET /api/v1/watch?pattern=*&heartbeatMs=100 HTTP/1.1\r\nHost: cms\r\n\r\n"), Token);
        await using var stream = new NetworkStream(watch);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        for (var beats = 0; beats < 2;)
        {
            beats += (await reader.ReadLineAsync(Token))!.Contains("\"kind\":\"alive\"", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.Equal(0, await node.StopAsync());
        Assert.Contains("\"kind\":\"end\"", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b.c.d", null, 15_000, ErrorCode.InvalidArgument)]
    [InlineData("net", "2", 15_000, ErrorCode.InvalidArgument)]
    [InlineData("*", "1", 15_000, ErrorCode.InvalidArgument)]
    [InlineData("net", "x", 15_000, ErrorCode.InvalidArgument)]
    [InlineData("net", "00000000000000000000000000000000/net=1", 15_000, ErrorCode.Conflict)]
    [InlineData("net", null, 99, ErrorCode.InvalidArgument)]
    public async Task What_cannot_be_watched_is_refused(string pattern, string? since, int heartbeat, ErrorCode code)
    {
        await using var node = await StartAsync();
        await using var lines = node.Client.WatchAsync(new() { Patterns = [pattern], Since = since, HeartbeatMs = heartbeat }, Token).GetAsyncEnumerator(Token);
        Assert.Equal(code, (await Assert.ThrowsAsync<RefusedException>(async () => await lines.MoveNextAsync())).Refusal.Code);
    }

    [Fact]
    public async Task The_command_prints_commits_and_goes_on_where_it_is_told_to()
    {
        await using var node = await StartAsync();
        await SetAsync(node, "mtu", "9000");
        await SetAsync(node, "note", "it's");
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, "watch", "net.lan", "--since", "1", "--old", "--count", "2");
        Assert.Equal((0, ""), (exitCode, error));
        var lines = output.Split('\n');
        Assert.Matches(@"^net 2  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  uid:\d+ unix$", lines[0]);
        Assert.Equal("  set net.lan.mtu='9000'  was '1500'", lines[1]);
        Assert.Equal("  set net.lan.note='it'\\''s'", lines[3]);
        var (_, json, _) = await ProgramRun.CmsAsync(node, "watch", "net", "--since", "2", "--count", "1", "--json");
        Assert.Equal(["start", "commit"], json.TrimEnd().Split('\n').Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()));
        Assert.Equal(2, (await ProgramRun.CmsAsync(node, "watch", "net", "--since", "9")).ExitCode);
    }

    [Fact]
    public async Task The_command_ends_quietly_when_nobody_reads_it_any_more()
    {
        await using var node = await StartAsync();
        var start = new System.Diagnostics.ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cms"), ["watch", "net", "--since", "0"]) { RedirectStandardOutput = true };
        start.Environment["CMS_RUN_DIRECTORY"] = node.RunDirectory;
        using var cms = System.Diagnostics.Process.Start(start)!;
        Assert.StartsWith("net 1 ", await cms.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
        cms.StandardOutput.Close();
        await SetAsync(node, "mtu", "1");
        await cms.WaitForExitAsync(Token);
        Assert.Equal(0, cms.ExitCode);
    }

    private static Task<CommitReply> SetAsync(NodeProcess node, string option, string value) => node.Client.CommitAsync(
        "net", new() { Operations = [new() { Op = "set", Section = "lan", Option = option, Value = ConfigValue.FromText(value) }] }, Token);

    private static Task<IAsyncEnumerator<WatchLine>> WatchAsync(NodeProcess node, WatchRequest request) => WatchAsync(node.Client, request);

    private static async Task<IAsyncEnumerator<WatchLine>> WatchAsync(CmsClient client, WatchRequest request)
    {
        var lines = client.WatchAsync(request, Token).GetAsyncEnumerator(Token);
        Assert.Equal(WatchLine.Start, (await NextAsync(lines)).Kind);
        return lines;
    }

    private static async Task<WatchLine> NextAsync(IAsyncEnumerator<WatchLine> lines) =>
        await lines.MoveNextAsync() ? lines.Current : throw new InvalidDataException("the watch has ended");

    private static string SocketOf(NodeProcess node) => Path.Combine(node.RunDirectory, "cmsd.sock");

    private static async Task<NodeProcess> StartAsync(params string[] settings)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        settings.ToList().ForEach(node.Set);
        await node.StartAsync();
        return node;
    }
}
