using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Watching;

/// <summary>Watching on a WebSocket of a real daemon.</summary>
public sealed class WatchSocketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_subscriptions_on_one_connection_each_hear_what_they_asked_for()
    {
        await using var node = await StartAsync();
        using var socket = await RawWebSocket.OpenAsync(node);
        for (var number = 0; number < 3000; number++)
        {
            await socket.SubscribeAsync($"{number}", $"net.s{number}");
        }

        await socket.SubscribeAsync("all", "net");
        await SetAsync(node, "s7", "1");
        await SetAsync(node, "s2999", "2");
        var lines = new[] { await socket.NextAsync(), await socket.NextAsync(), await socket.NextAsync(), await socket.NextAsync() };
        Assert.Equal(["2999 3 1", "7 2 1", "all 2 1", "all 3 2"], lines.Select(line => $"{line.Subscription} {line.Revision} {line.Sequence}").Order(StringComparer.Ordinal));
        await socket.SendAsync(new WatchSocketRequest { Op = WatchSocketRequest.Unsubscribe, Subscription = "all" });
        Assert.Equal((WatchLine.Unsubscribed, "all"), await KindAsync(socket));
        await SetAsync(node, "s7", "3");
        Assert.Equal((WatchLine.Commit, "7"), await KindAsync(socket));
        await socket.SubscribeAsync("all", "net");
    }

    [Fact]
    public async Task A_subscription_with_a_window_waits_for_acknowledgements()
    {
        await using var node = await StartAsync();
        using var socket = await RawWebSocket.OpenAsync(node);
        await socket.SubscribeAsync("narrow", "net", window: 2);
        await socket.SubscribeAsync("wide", "net");
        for (var number = 0; number < 5; number++)
        {
            await SetAsync(node, "s1", $"{number}");
        }

        // Five for the one, two for the other, in any order of the two.
        var lines = new List<WatchLine>();
        for (var number = 0; number < 7; number++)
        {
            lines.Add(await socket.NextAsync());
        }

        Assert.Equal([2, 3], lines.Where(line => line.Subscription == "narrow").Select(line => line.Revision!.Value));
        await socket.SendAsync(new WatchSocketRequest { Op = WatchSocketRequest.Acknowledge, Subscription = "narrow", Sequence = 1 });
        Assert.Equal(4, (await socket.NextAsync()).Revision);
        await socket.SendAsync(new WatchSocketRequest { Op = WatchSocketRequest.Ping });
        Assert.Equal(WatchLine.Pong, (await socket.NextAsync()).Kind);
        await socket.SendAsync(new WatchSocketRequest { Op = WatchSocketRequest.Acknowledge, Subscription = "narrow", Sequence = 3 });
        Assert.Equal([5, 6], new[] { (await socket.NextAsync()).Revision, (await socket.NextAsync()).Revision });
    }

    [Fact]
    public async Task What_is_not_legal_is_refused_for_itself_and_everything_else_goes_on()
    {
        await using var node = await StartAsync("--watch-subscriptions=2");
        using var socket = await RawWebSocket.OpenAsync(node);
        await socket.SubscribeAsync("a", "net");
        await RefusedAsync(socket, new() { Op = "jump" }, null, "invalid-argument");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = "a", Patterns = ["net"] }, "a", "already-exists");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = "b", Patterns = ["a.b.c.d"] }, "b", "invalid-argument");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = "b" }, "b", "invalid-argument");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = "b", Patterns = ["net"], Since = "9" }, "b", "invalid-argument");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = "b", Patterns = ["net"], Since = "00000000000000000000000000000000/net=1" }, "b", "conflict");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = "b", Patterns = ["net"], Window = 0 }, "b", "invalid-argument");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = new string('x', 129), Patterns = ["net"] }, new string('x', 129), "invalid-argument");
        await RefusedAsync(socket, new() { Op = "ack", Subscription = "a", Sequence = 1 }, "a", "invalid-argument");
        await RefusedAsync(socket, new() { Op = "ack", Subscription = "b", Sequence = 0 }, "b", "not-found");
        await RefusedAsync(socket, new() { Op = "unsubscribe", Subscription = "b" }, "b", "not-found");
        await socket.SubscribeAsync("b", "net");
        await RefusedAsync(socket, new() { Op = "subscribe", Subscription = "c", Patterns = ["net"] }, "c", "busy");
        foreach (var text in new[] { "", "null", "[]", "{", "{\"op\":1}", "{\"op\":\"ping\",\"more\":1}" })
        {
            await socket.SendFrameAsync(0x81, Encoding.UTF8.GetBytes(text));
            Assert.Equal("invalid-argument", (await socket.NextAsync()).Problem?.Code);
        }

        await SetAsync(node, "s1", "1");
        Assert.Equal(["a", "b"], new[] { (await socket.NextAsync()).Subscription, (await socket.NextAsync()).Subscription }.Order());
    }

    [Fact]
    public async Task A_client_goes_on_where_it_was_when_the_daemon_dies_and_comes_back()
    {
        await using var node = await StartAsync();
        using var first = await RawWebSocket.OpenAsync(node);
        var position = (await first.SubscribeAsync("a", "*")).Position!;
        await SetAsync(node, "s1", "1");
        Assert.Equal(2, (await first.NextAsync()).Revision);
        await SetAsync(node, "s1", "2");
        await node.KillAsync();
        await node.StartAsync();
        await SetAsync(node, "s1", "3");
        using var second = await RawWebSocket.OpenAsync(node);
        await second.SubscribeAsync("a", "*", position.Replace("net=1", "net=2", StringComparison.Ordinal));
        var heard = new List<long>();
        while (heard.Count < 2)
        {
            if (await second.NextAsync() is { Kind: WatchLine.Commit, Revision: { } revision })
            {
                heard.Add(revision);
            }
        }

        Assert.Equal([3, 4], heard);
        await second.SendAsync(new WatchSocketRequest { Op = WatchSocketRequest.Ping });
        Assert.Equal(WatchLine.Pong, (await second.NextAsync()).Kind);
    }

    [Fact]
    public async Task A_daemon_that_stops_closes_with_a_reason()
    {
        await using var node = await StartAsync();
        using var socket = await RawWebSocket.OpenAsync(node);
        await socket.SubscribeAsync("a", "net");
        using var silent = await RawWebSocket.OpenAsync(node);
        var stopped = node.StopAsync();
        Assert.Equal((1001, "the daemon stops"), await socket.ClosedAsync());
        await socket.SendFrameAsync(0x88, [3, 233]);
        Assert.Null(await socket.FrameAsync());

        // The other one never answers and does not hold the daemon up for long.
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task A_client_that_says_goodbye_gets_it_back()
    {
        await using var node = await StartAsync();
        using var socket = await RawWebSocket.OpenAsync(node);
        await socket.SendFrameAsync(0x88, [3, 232, (byte)'b', (byte)'y', (byte)'e']);
        Assert.Equal((1000, ""), await socket.ClosedAsync());
        Assert.Null(await socket.FrameAsync());
    }

    private static async Task RefusedAsync(RawWebSocket socket, WatchSocketRequest request, string? subscription, string code)
    {
        await socket.SendAsync(request);
        var line = await socket.NextAsync();
        Assert.Equal((WatchLine.Refused, subscription, code), (line.Kind, line.Subscription, line.Problem?.Code));
    }

    private static async Task<(string Kind, string? Subscription)> KindAsync(RawWebSocket socket)
    {
        var line = await socket.NextAsync();
        return (line.Kind, line.Subscription);
    }

    internal static Task<CommitReply> SetAsync(NodeProcess node, string section, string value) => node.Client.CommitAsync(
        "net", new() { Operations = [new() { Op = "set", Section = section, Type = "host" }, new() { Op = "set", Section = section, Option = "name", Value = ConfigValue.FromText(value) }] }, Token);

    internal static async Task<NodeProcess> StartAsync(params string[] settings)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config host 's0'\n\toption name 'zero'\n", Token);
        settings.ToList().ForEach(node.Set);
        await node.StartAsync();
        return node;
    }
}
