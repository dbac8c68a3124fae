using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Requests that a proxy in front may end elsewhere than the node does, so that one hides another.</summary>
public sealed class SmugglingTests(SmugglingTests.Fixture fixture) : IClassFixture<SmugglingTests.Fixture>
{
    private const string Commit = "POST /api/v1/modules/net/commits HTTP/1.1\r\nHost: cms\r\nContent-Type: application/json\r\n";

    // What would be hidden: a change, which shows by the module's revision.
    private const string HiddenBody = """{"operations":[{"op":"set","section":"lan","option":"mtu","value":"666"}]}""";

    private static readonly string Hidden = $"{Commit}Connection: close\r\nContent-Length: {HiddenBody.Length}\r\n\r\n{HiddenBody}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Ambiguous => new()
    {
        { "two lengths", $"Content-Length: 2\r\nContent-Length: {2 + Hidden.Length}\r\n\r\n{{}}" },
        { "two lengths in one line", $"Content-Length: 2, {2 + Hidden.Length}\r\n\r\n{{}}" },
        { "a length with a sign", "Content-Length: +2\r\n\r\n{}" },
        { "a length of minus nothing", "Content-Length: -0\r\n\r\n" },
        { "a length with a point", "Content-Length: 2.0\r\n\r\n{}" },
        { "a length beyond all numbers", "Content-Length: 000000000000000000000000000002\r\n\r\n{}" },
        { "a length in other digits", "Content-Length: 0x2\r\n\r\n{}" },
        { "a length and chunks", $"Content-Length: {5 + Hidden.Length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "chunks and a length", $"Transfer-Encoding: chunked\r\nContent-Length: {5 + Hidden.Length}\r\n\r\n0\r\n\r\n" },
        { "an unknown encoding", "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}" },
        { "chunks that are not last", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "an encoding with a tab before the colon", "Transfer-Encoding\t: chunked\r\nContent-Length: 2\r\n\r\n{}" },
        { "a folded encoding", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n\r\n{}" },
        { "a chunk that ends early", "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n" },
        { "a chunk with a bare line feed in its extension", "Transfer-Encoding: chunked\r\n\r\n2;a\n{}\r\n0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task Behind_a_request_without_a_certain_end_nothing_is_carried_out(string name, string rest)
    {
        var before = (await fixture.Node.Client.GetAsync("net", Token)).Revision;
        var answer = await RawConnection.ExchangeAsync(fixture.Node, Commit + rest + Hidden);
        Assert.True(RawConnection.Statuses(answer) is [400] or [501], $"{name}: {answer}");
        Assert.Equal(before, (await fixture.Node.Client.GetAsync("net", Token)).Revision);
    }

    [Fact]
    public async Task The_hidden_request_by_itself_would_be_carried_out()
    {
        var before = (await fixture.Node.Client.GetAsync("net", Token)).Revision;
        Assert.Equal([200], RawConnection.Statuses(await RawConnection.ExchangeAsync(fixture.Node, Hidden)));
        Assert.Equal(before + 1, (await fixture.Node.Client.GetAsync("net", Token)).Revision);
    }

    [Theory]
    [InlineData("Content-Encoding: gzip")]
    [InlineData("Content-Encoding: br")]
    [InlineData("Content-Encoding: identity, gzip")]
    [InlineData("Content-Encoding: deflate")]
    public async Task Packed_bodies_are_not_unpacked(string header)
    {
        var answer = await RawConnection.ExchangeAsync(fixture.Node, $"{Commit}Connection: close\r\n{header}\r\nContent-Length: {HiddenBody.Length}\r\n\r\n{HiddenBody}");
        Assert.Equal([400], RawConnection.Statuses(answer));
    }

    [Fact]
    public async Task Messages_of_a_WebSocket_are_not_packed()
    {
        using var connection = await RawConnection.OpenAsync(fixture.Node);
        await connection.TrySendAsync(
            "GET /api/v1/ws HTTP/1.1\r\nHost: cms\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: cms.watch.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n\u0088\u0080\0\0\0\0");
        Assert.DoesNotContain("permessage-deflate", await connection.ReadToEndAsync(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>One node for all.</summary>
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
