using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Run directories that are not as they should be: full, or on a disk.</summary>
public sealed class RunDirectoryTests
{
    private const int Large = 50_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_directory_without_room_refuses_commits_stays_readable_and_can_be_emptied()
    {
        Assert.SkipUnless(await NodeProcess.CanMountAsync(), "this machine lets nobody mount a tmpfs for himself");
        await using var node = NodeProcess.OnOwnTmpfs("1m");
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        var taken = 0;
        var refused = await Assert.ThrowsAsync<RefusedException>(async () =>
        {
            for (; ; taken++)
            {
                await CommitAsync(node, Set($"o{taken}", new string('x', Large)));
            }
        });
        Assert.Equal(ErrorCode.SegmentFull, refused.Refusal.Code);
        Assert.Contains("file system", refused.Refusal.Message, StringComparison.Ordinal);
        Assert.InRange(taken, 10, 20);
        using (var reader = SegmentReader.Open(Path.Combine(node.ReachedRunDirectory, "segments", "net.seg")))
        {
            Assert.True(reader.TryGetString("lan.mtu", out var mtu) && mtu == "1500");
            Assert.True(reader.TryGetString($"lan.o{taken - 1}", out var last) && last.Length == Large);
            Assert.False(reader.TryGetString($"lan.o{taken}", out _));
        }

        for (var option = 0; option < taken; option++)
        {
            await CommitAsync(node, new WireOperation { Op = "delete", Section = "lan", Option = $"o{option}" });
        }

        await CommitAsync(node, Set("mtu", "1400"));
        await CommitAsync(node, Set("again", new string('y', Large)));
        await node.KillAsync();
        await node.StartAsync();
        Assert.Equal(["mtu", "again"], (await node.Client.GetAsync("net", Token)).Sections[0].Options.Keys);
    }

    [Fact]
    public async Task A_run_directory_on_a_disk_is_reported_and_works()
    {
        await using var node = NodeProcess.OnDisk();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        await CommitAsync(node, Set("mtu", "1400"));
        await node.KillAsync();
        await node.StartAsync();
        using var reader = SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", "net.seg"));
        Assert.True(reader.TryGetInt("lan.mtu", out var mtu) && mtu == 1400);
        Assert.Contains("is not on tmpfs", node.Output.ToString(), StringComparison.Ordinal);
    }

    private static WireOperation Set(string option, string value) =>
        new() { Op = "set", Section = "lan", Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> CommitAsync(NodeProcess node, WireOperation operation) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = [operation] }, Token);
}
