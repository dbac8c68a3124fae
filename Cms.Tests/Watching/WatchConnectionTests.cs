using System.Globalization;
using Cms.Client.Watching;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Watching;

/// <summary>Many watches of the .NET client over one WebSocket.</summary>
public sealed class WatchConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_watch_hears_what_it_asked_for()
    {
        await using var node = await WatchSocketTests.StartAsync();
        await using var connection = node.Client.OpenWatches();
        await using var one = await BeginAsync(connection, new() { Patterns = ["net.s1"] });
        await using var two = await BeginAsync(connection, new() { Patterns = ["net.s2"], Old = true });
        await WatchSocketTests.SetAsync(node, "s2", "a");
        await WatchSocketTests.SetAsync(node, "s1", "b");
        await WatchSocketTests.SetAsync(node, "s2", "c");
        Assert.Equal(3, (await NextAsync(one)).Revision);
        Assert.Equal(2, (await NextAsync(two)).Revision);
        Assert.Equal("a", (await NextAsync(two)).Changes![^1].Old!.GetText());
    }

    [Fact]
    public async Task Watches_go_on_where_they_were_when_the_daemon_dies_and_comes_back()
    {
        await using var node = await WatchSocketTests.StartAsync();
        await using var connection = node.Client.OpenWatches();
        await using var watch = await BeginAsync(connection, new() { Patterns = ["*"] });
        await using var other = await BeginAsync(connection, new() { Patterns = ["net.s1"] });
        var expected = 2L;
        for (var round = 0; round < 3; round++)
        {
            await WatchSocketTests.SetAsync(node, "s1", $"{round}");
            await WatchSocketTests.SetAsync(node, "s1", $"{round} more");
            Assert.Equal(expected++, (await CommitAsync(watch)).Revision);
            await (round == 1 ? node.StopAsync() : node.KillAsync());
            await node.StartAsync();
            await WatchSocketTests.SetAsync(node, "s1", $"{round} again");
            Assert.Equal(expected++, (await CommitAsync(watch)).Revision);
            Assert.Equal(expected++, (await CommitAsync(watch)).Revision);
        }

        for (var revision = 2; revision < expected; revision++)
        {
            Assert.Equal(revision, (await CommitAsync(other)).Revision);
        }
    }

    [Fact]
    public async Task A_watch_that_is_not_read_does_not_hold_the_others_up_and_loses_nothing()
    {
        const int Commits = 1500;
        await using var node = await WatchSocketTests.StartAsync("--event-ring-count=10");
        await using var connection = node.Client.OpenWatches();
        await using var lazy = await BeginAsync(connection, new() { Patterns = ["net"] });
        await using var eager = await BeginAsync(connection, new() { Patterns = ["net"] });
        for (var number = 0; number < Commits; number++)
        {
            await WatchSocketTests.SetAsync(node, "s1", number.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var watch in new[] { eager, lazy })
        {
            for (var number = 0; number < Commits; number++)
            {
                Assert.Equal(number + 2, (await CommitAsync(watch)).Revision);
            }
        }
    }

    [Fact]
    public async Task A_watch_that_is_refused_ends_alone()
    {
        await using var node = await WatchSocketTests.StartAsync();
        await using var connection = node.Client.OpenWatches();
        await using var good = await BeginAsync(connection, new() { Patterns = ["net"] });
        await using var bad = connection.WatchAsync(new() { Patterns = ["a.b.c.d"] }, Token).GetAsyncEnumerator(Token);
        Assert.Equal(ErrorCode.InvalidArgument, (await Assert.ThrowsAsync<RefusedException>(async () => await bad.MoveNextAsync())).Refusal.Code);
        await WatchSocketTests.SetAsync(node, "s1", "1");
        Assert.Equal(2, (await NextAsync(good)).Revision);
    }

    [Fact]
    public async Task Without_a_daemon_a_watch_is_refused_and_the_next_one_tries_again()
    {
        await using var node = await WatchSocketTests.StartAsync();
        await node.KillAsync();
        await using var connection = node.Client.OpenWatches();
        await using var watch = connection.WatchAsync(new() { Patterns = ["net"] }, Token).GetAsyncEnumerator(Token);
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<RefusedException>(async () => await watch.MoveNextAsync())).Refusal.Code);
        await node.StartAsync();
        await using var again = await BeginAsync(connection, new() { Patterns = ["net"] });
        await WatchSocketTests.SetAsync(node, "s1", "1");
        Assert.Equal(2, (await NextAsync(again)).Revision);
    }

    private static async Task<IAsyncEnumerator<WatchLine>> BeginAsync(WatchConnection connection, WatchRequest request)
    {
        var lines = connection.WatchAsync(request, Token).GetAsyncEnumerator(Token);
        Assert.Equal(WatchLine.Start, (await NextAsync(lines)).Kind);
        return lines;
    }

    private static async Task<WatchLine> NextAsync(IAsyncEnumerator<WatchLine> lines) =>
        await lines.MoveNextAsync() ? lines.Current : throw new InvalidDataException("the watch has ended");

    private static async Task<WatchLine> CommitAsync(IAsyncEnumerator<WatchLine> lines)
    {
        while (true)
        {
            if (await NextAsync(lines) is { Kind: WatchLine.Commit } commit)
            {
                return commit;
            }
        }
    }
}
