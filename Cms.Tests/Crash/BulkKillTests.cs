using System.Globalization;
using System.Text;
using Cms.Client;
using Cms.Formats.Refusals;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Crash;

/// <summary>The daemon dies by kill -9 again and again while bulks are being sent.</summary>
public sealed class BulkKillTests
{
    private const int Kills = 10;
    private const int GroupSize = 50;
    private const int Groups = 2000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_left_of_a_bulk_is_a_whole_number_of_groups_without_a_gap_and_it_can_be_finished()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("load"), "config t 's'\n", Token);
        await node.StartAsync();
        var left = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var sending = SendAsync(node);

            // The moment of death is meant to be random; there is no event to wait for.
            await Task.Delay(random.Next(5, 120), Token);
            await node.KillAsync();
            var acknowledged = await sending;
            await node.StartAsync();
            var options = (await node.Client.GetAsync("load", Token)).Sections[0].Options;
            Assert.True(options.Count % GroupSize == 0, $"seed {seed}: {options.Count} options are no whole groups");
            Assert.InRange(options.Count, Math.Max(left, acknowledged), Groups * GroupSize);
            Assert.Equal(Enumerable.Range(0, options.Count).Select(Option), options.Keys);
            left = options.Count;
        }

        Assert.Equal(Groups * GroupSize, await SendAsync(node));
        Assert.Equal(Groups * GroupSize, (await node.Client.GetAsync("load", Token)).Sections[0].Options.Count);
    }

    private static string Option(int index) => string.Create(CultureInfo.InvariantCulture, $"o{index:D6}");

    /// <returns>How many operations were acknowledged.</returns>
    private static async Task<int> SendAsync(NodeProcess node)
    {
        var text = string.Concat(Enumerable.Range(0, Groups * GroupSize).Select(index => $"set load.s.{Option(index)}=1\n"));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        try
        {
            var result = await node.Client.BulkAsync(stream, new BulkOptions { Size = GroupSize, RequestId = "load" }, Token);
            return result.Refusal is null ? (int)result.Done.Operations : 0;
        }
        catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.UnknownOutcome or ErrorCode.Unavailable)
        {
            return 0;
        }
    }
}
