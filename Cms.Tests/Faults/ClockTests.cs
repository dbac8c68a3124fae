using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>The wall clock jumps, as that of a router does that starts in 1970: it labels, and decides nothing.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Years = TimeSpan.FromDays(20_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clock_that_is_set_back_stops_nothing(bool isBetweenRuns)
    {
        await using var node = new FaultyNode();
        node.Process.Set("--history-days=1");
        await node.Process.StartAsync();
        await node.SetAsync("1400", requestId: "first");
        if (isBetweenRuns)
        {
            await node.Process.KillAsync();
        }

        node.Control.ClockShift = -Years;
        if (isBetweenRuns)
        {
            await node.Process.StartAsync();
        }

        // The answer that was given before the jump is given again after it.
        Assert.True((await node.SetAsync("1400", requestId: "first")).Repeated);
        await node.SetAsync("1401", wait: true, requestId: "second");
        Assert.Contains("'1401'", await node.ReadAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(node.Process.FileOf("net"), (await node.ReadAsync()).Replace("1401", "1402", StringComparison.Ordinal), Token);
        await Eventually.IsSoAsync(async () => await node.ValueAsync() == "1402");

        var history = await node.Process.Client.HistoryAsync("net", 10, Token);
        Assert.Equal([4, 3, 2, 1], history.Select(entry => entry.Revision));
        Assert.True(history[0].Time < history[^1].Time, "the times are those of the clock, right or wrong");

        // Back in the present.
        node.Control.ClockShift = TimeSpan.Zero;
        Assert.Equal(5, (await node.SetAsync("1403", wait: true)).Revision);
        Assert.Equal(0, await node.Process.StopAsync());
        await node.Process.StartAsync();
        Assert.Equal("1403", await node.ValueAsync());
        Assert.Equal(5, (await node.Process.Client.HistoryAsync("net", 10, Token))[0].Revision);
    }
}
