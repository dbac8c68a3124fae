using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Past commits with their changes, as a subscriber fetches them.</summary>
public sealed class CommitStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_change_is_told_in_order()
    {
        await using var node = await StartAsync();
        await CommitAsync(
            node,
            new() { Op = "add", Type = "rule", Key = "r" },
            new() { Op = "set", Section = "+r", Option = "src", Value = ConfigValue.FromTexts(["a", "b"]) },
            new() { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromInt(9) },
            new() { Op = "set", Section = "lan", Type = "port" },
            new() { Op = "rename", Section = "lan", Option = "mtu", Name = "size" },
            new() { Op = "delete", Section = "lan", Option = "size" },
            new() { Op = "reorder", Section = "lan", Index = 1 },
            new() { Op = "rename", Section = "lan", Name = "home" },
            new() { Op = "set", Section = "home", Option = "x", Value = ConfigValue.FromBool(true) },
            new() { Op = "delete", Section = "home" });
        var reply = await node.Client.CommitsAsync("net", new() { After = 1 }, Token);
        Assert.Equal(2, reply.Revision);
        var commit = Assert.Single(reply.Commits);
        Assert.Equal((2, 0, true), (commit.Revision, commit.First, commit.IsComplete));
        Assert.Equal(
            [
                "add #2 2 rule", "set #2.src 2 a b", "set lan.mtu 1 9", "set lan 1 port", "rename lan.mtu 1 size", "delete lan.size 1", "reorder lan 1 1",
                "rename lan 1 home", "set home.x 1 1", "delete home 1",
            ],
            commit.Changes.Select(Describe));
        var first = Assert.Single((await node.Client.CommitsAsync("net", new() { After = 0, Count = 1 }, Token)).Commits);
        Assert.Equal(["add lan 1 interface lan", "set lan.mtu 1 1500"], first.Changes.Select(Describe));
        Assert.Empty((await node.Client.CommitsAsync("net", new() { After = 2 }, Token)).Commits);
    }

    [Fact]
    public async Task What_was_there_before_is_told_on_demand_also_when_the_segment_does_not_keep_it()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, new() { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromInt(9) }, new() { Op = "set", Section = "lan", Type = "port" }, Table("a"), Insert("a", 1));
        await CommitAsync(
            node,
            new() { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromInt(10) },
            new() { Op = "delete", Section = "lan" },
            new() { Op = "delete_row", Table = "t", Row = Row("a", 1) });
        for (var isCold = false; ; isCold = true)
        {
            var commits = (await node.Client.CommitsAsync("net", new() { After = 1, Old = true }, Token)).Commits;
            Assert.Equal(["1500", "interface", "", ""], commits[0].Changes.Select(change => change.Old?.ToString() ?? change.OldType ?? ""));
            Assert.Equal("9", commits[1].Changes[0].Old?.ToString());
            Assert.Equal(("lan", "port", "10"), (commits[1].Changes[1].Section, commits[1].Changes[1].OldType, commits[1].Changes[1].OldOptions?["mtu"].ToString()));
            Assert.Equal("1", commits[1].Changes[2].OldRow?["a"].ToString());
            Assert.All((await node.Client.CommitsAsync("net", new() { After = 1 }, Token)).Commits.SelectMany(commit => commit.Changes), change => Assert.Null(change.Old));
            if (isCold)
            {
                break;
            }

            await node.KillAsync();
            Directory.Delete(Path.Combine(node.RunDirectory, "segments"), recursive: true);
            await node.StartAsync();
        }
    }

    [Fact]
    public async Task Rows_are_told_also_when_their_table_is_gone_or_another_one_now()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, Table("a"), Insert("a", 1), Insert("a", 2));
        await CommitAsync(node, Insert("a", 3), new() { Op = "delete_row", Table = "t", Row = Row("a", 1) });
        await CommitAsync(node, new() { Op = "drop_table", Table = "t" }, Table("b"), Insert("b", 1));
        await CommitAsync(node, new WireOperation { Op = "drop_table", Table = "t" });
        var commits = (await node.Client.CommitsAsync("net", new() { After = 2 }, Token)).Commits;
        Assert.Equal(["insert_row t a=3", "delete_row t a=1"], commits[0].Changes.Select(Describe));
        Assert.Equal(["drop_table t", "create_table t b:int b", "insert_row t b=1"], commits[1].Changes.Select(Describe));
        Assert.Equal(["drop_table t"], commits[2].Changes.Select(Describe));
    }

    [Fact]
    public async Task A_large_commit_comes_in_parts_and_a_long_history_in_pages()
    {
        await using var node = await StartAsync();
        var value = ConfigValue.FromText(new string('x', 1 << 20));
        await CommitAsync(node, [.. Enumerable.Range(0, 10).Select(index => new WireOperation { Op = "set", Section = "lan", Option = $"o{index}", Value = value })]);
        for (var index = 0; index < 7; index++)
        {
            await CommitAsync(node, new WireOperation { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromInt(index) });
        }

        var seen = new List<string>();
        var (after, skip, requests) = (1L, 0, 0);
        for (var newest = long.MaxValue; after < newest; requests++)
        {
            var reply = await node.Client.CommitsAsync("net", new() { After = after, Skip = skip, Count = 3 }, Token);
            newest = reply.Revision;
            Assert.InRange(reply.Commits.Count, 1, 3);
            Assert.Equal((after + 1, skip), (reply.Commits[0].Revision, reply.Commits[0].First));
            seen.AddRange(reply.Commits.SelectMany(commit => commit.Changes.Select(change => $"{commit.Revision} {change.Option}")));
            var last = reply.Commits[^1];
            (after, skip) = last.IsComplete ? (last.Revision, 0) : (last.Revision - 1, last.First + last.Changes.Count);
        }

        Assert.InRange(requests, 5, 7);
        Assert.Equal([.. Enumerable.Range(0, 10).Select(index => $"2 o{index}"), .. Enumerable.Range(3, 7).Select(revision => $"{revision} mtu")], seen);
    }

    [Theory]
    [InlineData(2, 0, 1, ErrorCode.InvalidArgument)]
    [InlineData(-1, 0, 1, ErrorCode.InvalidArgument)]
    [InlineData(0, -1, 1, ErrorCode.InvalidArgument)]
    [InlineData(0, 0, 0, ErrorCode.InvalidArgument)]
    [InlineData(0, 0, 1001, ErrorCode.InvalidArgument)]
    public async Task What_is_not_there_is_refused(long after, int skip, int count, ErrorCode code)
    {
        await using var node = await StartAsync();
        var query = new CommitsQuery { After = after, Skip = skip, Count = count };
        Assert.Equal(code, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitsAsync("net", query, Token))).Refusal.Code);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitsAsync("none", new() { After = 0 }, Token))).Refusal.Code);
    }

    private static WireOperation Table(string column) =>
        new() { Op = "create_table", Table = "t", PrimaryKey = column, Columns = [new() { Name = column, Type = "int" }] };

    private static WireOperation Insert(string column, long number) => new() { Op = "insert_row", Table = "t", Row = Row(column, number) };

    private static Dictionary<string, ConfigValue> Row(string column, long number) => new() { [column] = ConfigValue.FromInt(number) };

    private static string Describe(WireChange change)
    {
        var place = change.Table ?? (change.Option is null ? change.Section : $"{change.Section}.{change.Option}");
        var columns = change.Columns?.Select(column => $"{column.Name}:{column.Type}") ?? [];
        var row = change.Row?.Select(cell => $"{cell.Key}={cell.Value}") ?? [];
        object?[] parts = [change.Op, place, change.Id, change.Type, change.Name, change.Index, change.Value, .. columns, change.PrimaryKey, .. row];
        return string.Join(' ', parts.Where(part => part is not null));
    }

    private static Task<CommitReply> CommitAsync(NodeProcess node, params WireOperation[] operations) =>
        node.Client.CommitAsync("net", new() { Operations = operations }, Token);

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        return node;
    }
}
