using System.Net;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Senders who hold connections by being slow: they are let go of, and nobody else waits for them.</summary>
public sealed class SlowSenderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Heads_that_never_end_are_let_go_of()
    {
        await using var node = await StartAsync();
        using var nothing = await RawConnection.OpenAsync(node);
        using var half = await RawConnection.OpenAsync(node);
        Assert.True(await half.TrySendAsync("GET /health/live HTTP/1.1\r\nHost: c"));
        using var dripping = await RawConnection.OpenAsync(node);
        Assert.True(await dripping.TrySendAsync("GET /health/live HTTP/1.1\r\nHost: cms\r\nX-A: "));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await dripping.TrySendAsync("b"))
        {
            await tick.WaitForNextTickAsync(Token);
        }

        Assert.Equal([408], RawConnection.Statuses(await half.ReadToEndAsync()));
        await AssertServesAsync(node);
    }

    [Fact]
    public async Task Bodies_that_never_end_are_let_go_of()
    {
        await using var node = await StartAsync();
        var head = "POST /api/v1/modules/net/commits HTTP/1.1\r\nHost: cms\r\nContent-Type: application/json\r\n";
        using var half = await RawConnection.OpenAsync(node);
        Assert.True(await half.TrySendAsync(head + "Content-Length: 1000\r\n\r\n{\"operations\""));
        using var dripping = await RawConnection.OpenAsync(node);
        Assert.True(await dripping.TrySendAsync(head + "Transfer-Encoding: chunked\r\n\r\n"));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await dripping.TrySendAsync("1\r\n \r\n"))
        {
            await tick.WaitForNextTickAsync(Token);
        }

        Assert.Equal([400], RawConnection.Statuses(await half.ReadToEndAsync()));
        await AssertServesAsync(node);
        Assert.Equal(1, (await node.Client.GetAsync("net", Token)).Revision);
    }

    [Fact]
    public async Task A_reader_who_does_not_read_is_let_go_of()
    {
        await using var node = await StartAsync("--min-bytes-per-second=100000");
        using var http = NodeHttp.Client(node);
        var text = "config a\n" + string.Concat(Enumerable.Range(0, 100).Select(option => $"\toption o{option} '{new string('x', 100_000)}'\n"));
        Assert.Equal(HttpStatusCode.OK, (await http.PutAsync(new Uri("http://cms/api/v1/modules/big"), new StringContent(text, System.Text.Encoding.UTF8, "application/x-uci"), Token)).StatusCode);
        using var deaf = await RawConnection.OpenAsync(node);
        Assert.True(await deaf.TrySendAsync("GET /api/v1/modules/big HTTP/1.1\r\nHost: cms\r\n\r\n"));
        await Eventually.IsSoAsync(async () => await ConnectionsAsync(http) <= 2);
        Assert.True((await deaf.ReadToEndAsync()).Length < text.Length);
    }

    [Fact]
    public async Task Many_slow_senders_keep_nobody_out()
    {
        await using var node = await StartAsync();
        var connections = new List<RawConnection>();
        try
        {
            for (var count = 0; count < 500; count++)
            {
                connections.Add(await RawConnection.OpenAsync(node));
                Assert.True(await connections[^1].TrySendAsync("GET / HTTP/1.1\r\nHost:"));
            }

            await AssertServesAsync(node);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task One_user_cannot_take_all_connections()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync("--max-connections-per-address=3");
        const string OpenMany = """
            import socket, sys
            held = []
            for each in range(10):
                one = socket.socket(socket.AF_UNIX)
                one.connect(sys.argv[1])
                held.append(one)
            closed = 0
            for one in held[3:]:
                closed += one.recv(1) == b""
            print(closed)
            """;
        Assert.Equal((0, "7\n", ""), await ForeignUser.RunAsync("/usr/bin/python3", "-c", OpenMany, Path.Combine(node.RunDirectory, "cmsd.sock")));
        await AssertServesAsync(node);
        using var http = NodeHttp.Client(node);
        Assert.Contains("cms_connections_refused_total 7\n", await http.GetStringAsync(new Uri("http://cms/metrics"), Token), StringComparison.Ordinal);
    }

    private static async Task<int> ConnectionsAsync(HttpClient http)
    {
        var text = await http.GetStringAsync(new Uri("http://cms/metrics"), Token);
        var line = text.Split('\n').Single(each => each.StartsWith("cms_connections{listener=\"unix\"}", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task AssertServesAsync(NodeProcess node)
    {
        using var http = NodeHttp.Client(node);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("http://cms/api/v1/modules/net"), Token)).StatusCode);
    }

    private static async Task<NodeProcess> StartAsync(params string[] settings)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        node.Set("--slow-seconds=2");
        Array.ForEach(settings, node.Set);
        await node.StartAsync();
        return node;
    }
}
