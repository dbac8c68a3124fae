using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>Every change comes to a C program, once and in order.</summary>
public sealed class SubscriptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_change_is_heard_of_by_name()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.Equal("0", client.Ask("subscribe net 0"));
        Assert.Equal(["4 r1 #1 lan name=lan type=interface", "1 r1! #1 lan.mtu 0s31353030"], client.Drain());
        client.Commit(
            "net", "add host - h", "set +h.ip hex:00ff", "set lan.i int:5", "create int lan.l 1 2", "create string lan.s a - b", "create bool lan.b 1 0", "rename lan.i j", "delete lan.j",
            "section lan port", "reorder lan 1", "set lan.f float:nan");
        client.Commit("net", "rename lan home");
        client.Commit("net", "set home.x bool:1", "delete home");
        Assert.Equal(
            [
                "4 r2 #2 #2 type=host", "1 r2 #2 #2.ip 0s00ff", "1 r2 #1 lan.i 1s0500000000000000", "1 r2 #1 lan.l 1l01000000000000000200000000000000",
                "1 r2 #1 lan.s 0l03000000010000000200000003000000612d62", "1 r2 #1 lan.b 3l0100", "3 r2 #1 lan.i name=j", "2 r2 #1 lan.j",
                "7 r2 #1 lan type=port", "8 r2 #1 lan index=1", "1 r2! #1 lan.f 2s" + Convert.ToHexStringLower(BitConverter.GetBytes(double.NaN)),
                "6 r3! #1 lan name=home", "1 r4 #1 home.x 3s01", "5 r4! #1 home",
            ],
            client.Drain());
    }

    [Fact]
    public async Task Rows_are_heard_of()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.Equal("0", client.Ask("subscribe net 1"));
        client.Commit("net", "table t k k:0:9:3 n:1:2:1 f:2:0:0 b:3:0:0", "insert t k=a n=int:1 f=float:0.5 b=bool:1", "insert t k=hex:ff n=int:2 f=float:1 b=bool:0");
        client.Commit("net", "update t k=a n=int:-3", "unrow t k=hex:ff");
        client.Commit("net", "drop t");
        Assert.Equal(
            [
                "9 r2 #0 t", "11 r2 #0 t k= 0s61 n= 1s0100000000000000 f= 2s000000000000e03f b= 3s01", "11 r2! #0 t k= 0sff n= 1s0200000000000000 f= 2s000000000000f03f b= 3s00",
                "12 r3 #0 t k= 0s61 n= 1sfdffffffffffffff f= 2s000000000000e03f b= 3s01", "13 r3! #0 t k= 0sff", "10 r4! #0 t",
            ],
            client.Drain());
    }

    [Fact]
    public async Task Nothing_is_left_out_while_the_daemon_is_restarted()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.Equal("0", client.Ask("subscribe net 1"));
        Assert.Equal(ClientProcess.TimedOut, client.Ask("next 0"));
        Assert.Equal(ClientProcess.TimedOut, client.Ask("next 50"));
        client.Send("next 30000");
        await SetAsync(node, 0);
        Assert.Equal("0 1 r2! #1 lan.n 1s0000000000000000", client.Read());
        await SetAsync(node, 1);
        await node.KillAsync();
        Assert.Equal(ClientProcess.Unavailable, client.Ask("next 1000"));
        await node.StartAsync();
        for (var number = 2; number < 350; number++)
        {
            await SetAsync(node, number);
        }

        Assert.Equal([.. Enumerable.Range(1, 349).Select(number => $"1 r{number + 2}! #1 lan.n 1s{Convert.ToHexStringLower(BitConverter.GetBytes((long)number))}")], client.Drain());
        await node.StopAsync();
        client.Send("next -1");
        await node.StartAsync();
        await SetAsync(node, -1);
        Assert.Equal("0 1 r352! #1 lan.n 1sffffffffffffffff", client.Read());
    }

    [Fact]
    public async Task A_commit_of_many_large_values_is_heard_of_whole()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.Equal("0", client.Ask("subscribe net 1"));
        var value = ConfigValue.FromText(new string('"', 1 << 20));
        var operations = Enumerable.Range(0, 9).Select(index => new WireOperation { Op = "set", Section = "lan", Option = $"o{index}", Value = value });
        await node.Client.CommitAsync("net", new() { Operations = [.. operations] }, Token);
        var changes = client.Drain();
        Assert.Equal(9, changes.Count);
        for (var index = 0; index < 9; index++)
        {
            Assert.StartsWith($"1 r2{(index == 8 ? "!" : "")} #1 lan.o{index} 0s2222", changes[index], StringComparison.Ordinal);
            Assert.Equal(2 << 20, changes[index].Length - changes[index].LastIndexOf('s') - 1);
        }
    }

    [Fact]
    public async Task A_revision_that_is_not_there_and_another_journal_are_told()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.Equal(ClientProcess.NotFound, client.Ask("subscribe none 0"));
        Assert.Equal("0", client.Ask("subscribe net 9"));
        Assert.Equal(ClientProcess.InvalidArgument, client.Ask("next 0"));
        Assert.Equal("0", client.Ask("subscribe net 1"));
        await node.StopAsync();
        Directory.Delete(node.StateDirectory, recursive: true);
        await node.StartAsync();
        await SetAsync(node, 1);
        Assert.Equal(ClientProcess.TooOld, client.Ask("next 1000"));
    }

    private static Task<CommitReply> SetAsync(NodeProcess node, long number) =>
        node.Client.CommitAsync("net", new() { Operations = [new WireOperation { Op = "set", Section = "lan", Option = "n", Value = ConfigValue.FromInt(number) }] }, Token);

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        return node;
    }
}
