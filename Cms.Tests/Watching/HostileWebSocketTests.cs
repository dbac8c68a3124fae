using System.Text;
using Cms.Client.Wire;
using Xunit;

namespace Cms.Tests.Watching;

/// <summary>Clients that are slow, half gone, or send what no client should.</summary>
public sealed class HostileWebSocketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("81 00 00 00 00 00", 1002)]
    [InlineData("C1 80 00 00 00 00", 1002)]
    [InlineData("83 80 00 00 00 00", 1002)]
    [InlineData("09 80 00 00 00 00", 1002)]
    [InlineData("89 FE 00 7E 00 00 00 00", 1002)]
    [InlineData("80 80 00 00 00 00", 1002)]
    [InlineData("01 80 00 00 00 00 81 80 00 00 00 00", 1002)]
    [InlineData("81 FF FF FF FF FF FF FF FF FF 00 00 00 00", 1002)]
    [InlineData("88 81 00 00 00 00 03", 1002)]
    [InlineData("88 82 00 00 00 00 03 ED", 1002)]
    [InlineData("88 83 00 00 00 00 03 E8 FF", 1002)]
    [InlineData("82 81 00 00 00 00 20", 1003)]
    [InlineData("81 82 00 00 00 00 C3 28", 1007)]
    [InlineData("81 FF 00 00 00 00 00 01 00 01 00 00 00 00", 1009, 65537)]
    [InlineData("01 FE 10 00 00 00 00 00", 1009, 4096, 17)]
    public async Task What_is_no_message_closes_the_connection_with_its_code(string bytes, int code, int payload = 0, int parts = 1)
    {
        await using var node = await WatchSocketTests.StartAsync();
        using var socket = await RawWebSocket.OpenAsync(node);
        var frame = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        for (var part = 0; part < parts; part++)
        {
            // Parts that are legal and together too long.
            frame[0] = part == 0 ? frame[0] : (byte)0;
            await socket.SendAsync([.. frame, .. new byte[payload]]);
        }

        Assert.Equal(code, (await socket.ClosedAsync()).Code);
        await node.Client.StatusAsync(Token);
    }

    [Fact]
    public async Task A_message_may_come_in_parts_of_any_size_with_pings_between()
    {
        await using var node = await WatchSocketTests.StartAsync();
        using var socket = await RawWebSocket.OpenAsync(node);
        var text = Encoding.UTF8.GetBytes("{\"op\":\"subscribe\",\"subscription\":\"\u00fc\",\"patterns\":[\"net\"]}");
        await socket.SendFrameAsync(0x01, text[..33]);
        await socket.SendFrameAsync(0x89, [1, 2, 3]);
        var pong = (await socket.FrameAsync())!.Value;
        Assert.Equal((0x8A, "010203"), (pong.First, Convert.ToHexString(pong.Payload)));
        await socket.SendFrameAsync(0x00, []);
        await socket.SendFrameAsync(0x80, text[33..]);
        var start = await socket.NextAsync();
        Assert.Equal((WatchLine.Start, "\u00fc"), (start.Kind, start.Subscription));

        // The same, byte by byte.
        byte[] mask = [9, 8, 7, 6];
        var ping = Encoding.UTF8.GetBytes("{\"op\":\"ping\"}");
        foreach (var one in (byte[])[0x81, (byte)(0x80 | ping.Length), .. mask, .. ping.Select((each, index) => (byte)(each ^ mask[index % 4]))])
        {
            await socket.SendAsync(one);
        }

        Assert.Equal(WatchLine.Pong, (await socket.NextAsync()).Kind);
    }

    [Theory]
    [InlineData("Origin: http://elsewhere", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: http://cms", 101)]
    [InlineData("Sec-WebSocket-Version: 8", 400)]
    [InlineData("Sec-WebSocket-Key: AAAA", 400)]
    [InlineData("Sec-WebSocket-Protocol: chat", 400)]
    [InlineData("Sec-WebSocket-Protocol: chat, cms.watch.v1", 101)]
    [InlineData("Upgrade: h2c", 400)]
    [InlineData("Connection: close", 400)]
    public async Task The_handshake_says_what_is_wrong(string line, int status)
    {
        await using var node = await WatchSocketTests.StartAsync();
        using var socket = RawWebSocket.Connect(node);
        Assert.StartsWith($"HTTP/1.1 {status} ", await socket.HandshakeAsync(line), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_bytes_end_one_connection_and_nothing_else()
    {
        var seed = Environment.TickCount;
        TestContext.Current.AddAttachment("seed", $"{seed}");
        var random = new Random(seed);
        await using var node = await WatchSocketTests.StartAsync();
        using var good = await RawWebSocket.OpenAsync(node);
        await good.SubscribeAsync("a", "net");
        for (var round = 0; round < 200; round++)
        {
            using var socket = await RawWebSocket.OpenAsync(node);
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            try
            {
                if (random.Next(2) == 0)
                {
                    // A right beginning has it get further.
                    await socket.SendFrameAsync((byte)(0x80 | random.Next(16)), bytes[..Math.Min(bytes.Length, 120)]);
                }

                await socket.SendAsync(bytes);
            }
            catch (IOException)
            {
                // The daemon had heard enough.
            }
        }

        await WatchSocketTests.SetAsync(node, "s1", "1");
        Assert.Equal(2, (await good.NextAsync()).Revision);
    }

    [Fact]
    public async Task A_peer_that_is_half_gone_is_cut_off_and_one_that_answers_is_not()
    {
        await using var node = await WatchSocketTests.StartAsync("--watch-ping-seconds=1");
        using var gone = await RawWebSocket.OpenAsync(node);
        using var living = await RawWebSocket.OpenAsync(node);
        await gone.SubscribeAsync("a", "net");
        await living.SubscribeAsync("a", "net");
        var cut = Task.Run(async () =>
        {
            while (await gone.FrameAsync() is { } frame)
            {
                Assert.Equal(0x89, frame.First);
            }
        }, Token);
        for (var pings = 0; !cut.IsCompleted || pings < 4; pings++)
        {
            var ping = (await living.FrameAsync())!.Value;
            Assert.Equal(0x89, ping.First);
            await living.SendFrameAsync(0x8A, ping.Payload);
        }

        await cut;
        await WatchSocketTests.SetAsync(node, "s1", "1");
        while (await living.FrameAsync() is { First: not 0x81 })
        {
        }
    }

    [Fact]
    public async Task A_slow_client_holds_nobody_up_is_told_that_it_is_behind_and_loses_nothing()
    {
        const int Commits = 100;
        await using var node = await WatchSocketTests.StartAsync("--event-ring-count=2");
        using var slow = await RawWebSocket.OpenAsync(node);
        await slow.SubscribeAsync("a", "net");
        var value = new string('x', 100_000);
        for (var number = 0; number < Commits; number++)
        {
            await WatchSocketTests.SetAsync(node, "s1", $"{number} {value}");
        }

        var (next, behind) = (2, 0);
        while (next < Commits + 2)
        {
            var line = await slow.NextAsync();
            behind += line.Kind == WatchLine.Behind ? 1 : 0;
            Assert.True(line.Kind == WatchLine.Behind || line.Revision == next++, $"{line.Kind} {line.Revision} came instead of {next - 1}");
        }

        Assert.InRange(behind, 1, Commits);
    }

    [Fact]
    public async Task Subscriptions_that_come_and_go_leave_nothing_behind()
    {
        await using var node = await WatchSocketTests.StartAsync("--max-subscriptions=10");
        for (var round = 0; round < 30; round++)
        {
            using var socket = await RawWebSocket.OpenAsync(node);
            for (var number = 0; number < 20; number++)
            {
                await socket.SubscribeAsync("a", number % 2 == 0 ? "net" : $"net.s{number}");
                await WatchSocketTests.SetAsync(node, $"s{number}", $"{round}");
                await socket.SendAsync(new WatchSocketRequest { Op = WatchSocketRequest.Unsubscribe, Subscription = "a" });
                while ((await socket.NextAsync()).Kind != WatchLine.Unsubscribed)
                {
                }
            }

            await socket.SubscribeAsync("left", "net");
            await socket.SendFrameAsync(0x88, [3, 232]);
            await socket.ClosedAsync();
            Assert.Null(await socket.FrameAsync());
        }
    }
}
