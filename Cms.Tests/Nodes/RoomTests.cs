using System.Collections.Concurrent;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Many callers at once on a node whose segments have little room.</summary>
public sealed class RoomTests
{
    private const int Callers = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--segment-bytes=1048576")]
    [InlineData("--segment-total-bytes=1048576")]
    public async Task What_is_granted_to_many_callers_at_once_is_carried_out(string bound)
    {
        await using var node = new NodeProcess();
        node.Set(bound);
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        await CommitAsync(node, [.. Enumerable.Range(0, 240).Select(option => Set($"o{option}", "v"))]);
        var outcomes = new ConcurrentDictionary<ErrorCode, int>();
        for (var round = 0; round < 8; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => TryAsync(node, outcomes, caller % 2 == 0 ? [Set("x", $"{round}.{caller}")] : [Set($"y{caller % 8}", "v"), Delete($"y{caller % 8}")])));
        }

        // A module that is full may say so; it may not take what it cannot keep.
        Assert.Equal([], outcomes.Keys.Where(code => code is not ErrorCode.SegmentFull));
        await CommitAsync(node, [Set("mtu", "1400")]);
        await node.KillAsync();
        await node.StartAsync();
        Assert.Equal("1400", (await node.Client.GetAsync("net", Token)).Sections[0].Options["mtu"].GetText());
        Assert.Equal(0, (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net").Restarts);
    }

    private static async Task TryAsync(NodeProcess node, ConcurrentDictionary<ErrorCode, int> outcomes, WireOperation[] operations)
    {
        try
        {
            await CommitAsync(node, operations);
        }
        catch (RefusedException refused)
        {
            outcomes.AddOrUpdate(refused.Refusal.Code, 1, (_, count) => count + 1);
        }
    }

    private static WireOperation Set(string option, string value) => new() { Op = "set", Section = "lan", Option = option, Value = ConfigValue.FromText(value) };

    private static WireOperation Delete(string option) => new() { Op = "delete", Section = "lan", Option = option };

    private static Task<CommitReply> CommitAsync(NodeProcess node, WireOperation[] operations) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = operations }, Token);
}
