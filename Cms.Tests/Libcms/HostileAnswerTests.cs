using System.Net.Sockets;
using System.Text;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>Whatever is behind the socket, the client in C does not crash, hang or believe it.</summary>
public sealed class HostileAnswerTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Broken => new(
        "", "\r\n", "HTTP", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\n{}", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", Good, Good + "x\r\n", Good + "fffffffffffffffff\r\n{}", Good + "3\r\n{}",
        Good + "2\r\n{}x\r\n0\r\n\r\n", Good + "2\r\n{}\r\n0\r\n", Good + "2\r\n{}\r\n0\r\n\r\n", Good + "0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"revision\":-1}",
        "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"revision\":\"1\"}", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nwhat", "HTTP/1.1 409 Conflict\r\nContent-Length: 32\r\n\r\n{\"code\":\"unheard-of\",\"detail\":\"\"}", "HTTP/1.1 100 Continue\r\n\r\n", new string('x', 20000),
        string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 300)), "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("a: b\r\n", 300)),
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + new string('[', 100), "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + new string('[', 200000));

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_answer_leaves_the_outcome_unknown(string answer)
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        using var listener = Listen(node, out var relay);
        Assert.Equal("0", client.Ask($"connect {relay}"));
        var serving = ServeAsync(listener, answer);
        Assert.Matches("^11 0 ", client.Commit("net", "set lan.mtu 1"));
        Assert.Equal("0", client.Ask("rollback"));
        Assert.Equal("0", client.Ask("subscribe net 0"));
        Assert.Contains(client.Ask("next 0"), new[] { "10", "11", "42" });
        Assert.Equal("0", client.Ask($"connect {node.RunDirectory}"));
        listener.Close();
        await serving;
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"journal\":1,\"commits\":[]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":{}}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[1]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{}]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{\"revision\":2,\"first\":0,\"isComplete\":true,\"changes\":[]}]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{\"revision\":1,\"first\":1,\"isComplete\":true,\"changes\":[]}]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{\"revision\":1,\"first\":0,\"isComplete\":false,\"changes\":[]}]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{\"revision\":1,\"first\":0,\"isComplete\":true,\"changes\":[{}]}]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{\"revision\":1,\"first\":0,\"isComplete\":true,\"changes\":[{\"op\":\"fly\",\"section\":\"lan\",\"id\":1}]}]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{\"revision\":1,\"first\":0,\"isComplete\":true,\"changes\":[{\"op\":\"set\",\"section\":\"lan\",\"id\":1,\"option\":\"x\"}]}]}")]
    [InlineData("{\"journal\":\"JOURNAL\",\"commits\":[{\"revision\":1,\"first\":0,\"isComplete\":true,\"changes\":[{\"op\":\"delete\",\"section\":\"lan\",\"id\":-1}]}]}")]
    [InlineData("{\"journal\":\"00000000-0000-0000-0000-000000000000\",\"commits\":[]}")]
    public async Task A_wrong_stream_of_changes_is_not_believed(string body)
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        var journal = (await node.Client.CommitsAsync("net", new() { After = 0 }, Token)).Journal;
        using var listener = Listen(node, out var relay);
        Assert.Equal("0", client.Ask($"connect {relay}"));
        body = body.Replace("JOURNAL", journal.ToString(), StringComparison.Ordinal);
        var serving = ServeAsync(listener, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.Equal("0", client.Ask("subscribe net 0"));
        Assert.Contains(client.Ask("next 0"), new[] { "10", "42", ClientProcess.TooOld });
        Assert.Equal("0", client.Ask($"connect {node.RunDirectory}"));
        Assert.Equal("0", client.Ask("subscribe net 0"));
        Assert.Equal(2, client.Drain().Count);
        listener.Close();
        await serving;
    }

    [Fact]
    public async Task Writing_and_following_leak_nothing()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/valgrind"), "valgrind is not installed");
        await using var node = await StartAsync();
        await using var client = ClientProcess.StartJudged(node);
        Assert.StartsWith("0 2 ", client.Commit("net", "set lan.a hex:00ff", "create int lan.l 1 2", "push lan.l int:3", "table t k k:0:9:3 n:1:2:1", "insert t k=a n=int:1", "note x"), StringComparison.Ordinal);
        Assert.Matches("^4 0 ", client.Commit("net", "expect 1", "set lan.a x"));
        Assert.Equal("0", client.Ask("subscribe net 0"));
        Assert.Equal(6, client.Drain().Count);
        Assert.EndsWith("status 0\n", client.AskAll("tables net"), StringComparison.Ordinal);
        Assert.EndsWith("status 32\n", client.AskAll("find net t n=int:1"), StringComparison.Ordinal);
        await node.KillAsync();
        Assert.Equal("0", client.Ask("begin net"));
        Assert.Matches("^10 0 ", client.Ask("commit"));
        Assert.Equal("0", client.Ask("rollback"));
    }

    private static Socket Listen(NodeProcess node, out string relay)
    {
        relay = Path.Combine(node.Root, "relay");
        Directory.CreateDirectory(relay);
        File.CreateSymbolicLink(Path.Combine(relay, "segments"), Path.Combine(node.RunDirectory, "segments"));
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(relay, "cmsd.sock")));
        listener.Listen();
        return listener;
    }

    // Answers whatever comes with the same bytes, and closes.
    private static async Task ServeAsync(Socket listener, string answer)
    {
        var request = new byte[4096];
        while (true)
        {
            try
            {
                using var caller = await listener.AcceptAsync(Token);
                if (await caller.ReceiveAsync(request, Token) > 0)
                {
                    await caller.SendAsync(Encoding.ASCII.GetBytes(answer), Token);
                    caller.Shutdown(SocketShutdown.Send);
                    while (await caller.ReceiveAsync(request, Token) > 0)
                    {
                    }
                }
            }
            catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
            {
                // The client has seen enough.
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        return node;
    }
}
