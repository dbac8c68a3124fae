using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Heads and bodies that are too large end in a refusal, before they are taken in.</summary>
public sealed class OversizeTests(OversizeTests.Fixture fixture) : IClassFixture<OversizeTests.Fixture>
{
    private const string Commit = "POST /api/v1/modules/net/commits HTTP/1.1\r\nHost: cms\r\nContent-Type: application/json\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int> Heads => new()
    {
        { "a long request line", $"GET /{new string('a', 10_000)} HTTP/1.1\r\nHost: cms\r\n\r\n", 414 },
        { "an endless request line", $"GET /{new string('a', 100_000)}", 414 },
        { "a long header", $"GET / HTTP/1.1\r\nHost: cms\r\nX-A: {new string('a', 40_000)}\r\n\r\n", 431 },
        { "many headers", $"GET / HTTP/1.1\r\nHost: cms\r\n{string.Concat(Enumerable.Range(0, 200).Select(each => $"X-{each}: a\r\n"))}\r\n", 431 },
        { "long headers together", $"GET / HTTP/1.1\r\nHost: cms\r\n{string.Concat(Enumerable.Range(0, 50).Select(each => $"X-{each}: {new string('a', 1000)}\r\n"))}\r\n", 431 },
        { "a body said to be too long", Commit + "Content-Length: 1000000000\r\n\r\n{", 413 },
        { "a length beyond numbers", Commit + "Content-Length: 99999999999999999999999\r\n\r\n{", 400 },
        { "a length below zero", Commit + "Content-Length: -1\r\n\r\n{", 400 },
        { "a chunk of endless size", Commit + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{", 400 },
        { "an import said to be too long", "PUT /api/v1/modules/net HTTP/1.1\r\nHost: cms\r\nContent-Type: application/x-uci\r\nContent-Length: 9000000000\r\n\r\nconfig", 413 },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task What_is_too_large_is_refused_before_it_is_read(string name, string request, int status)
    {
        var answer = await RawConnection.ExchangeAsync(fixture.Node, request);
        Assert.True(RawConnection.Statuses(answer) is [var only] && only == status, $"{name}: {answer}");
        Assert.Equal(1, (await fixture.Node.Client.GetAsync("net", Token)).Revision);
    }

    [Fact]
    public async Task A_body_in_pieces_is_refused_when_they_become_too_many()
    {
        using var connection = await RawConnection.OpenAsync(fixture.Node);
        Assert.True(await connection.TrySendAsync(Commit + "Transfer-Encoding: chunked\r\n\r\n"));
        var piece = "100000\r\n" + new string(' ', 1 << 20) + "\r\n";
        var sent = 0;
        while (sent < 200 && await connection.TrySendAsync(piece))
        {
            sent++;
        }

        Assert.InRange(sent, 60, 100);
        Assert.Equal(1, (await fixture.Node.Client.GetAsync("net", Token)).Revision);
    }

    /// <summary>One node for all, since nothing changes.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal NodeProcess Node { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await File.WriteAllTextAsync(Node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
            await Node.StartAsync();
        }

        public ValueTask DisposeAsync() => Node.DisposeAsync();
    }
}
