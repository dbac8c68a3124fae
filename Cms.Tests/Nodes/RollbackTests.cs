using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Modules as they were, over HTTP and on the command line: reading, comparing, going back.</summary>
public sealed class RollbackTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n\tlist dns 'a'\n\tlist dns 'b'\n\nconfig rule\n\toption name 'one'\n\nconfig rule\n\toption name 'two'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_module_goes_back_to_every_revision_from_the_segment_and_from_the_journal_alone()
    {
        await using var node = await StartAsync();
        var texts = new List<string>();
        for (var step = 0; step < 6; step++)
        {
            texts.Add((await CmsAsync(node, "export", "net")).Output);
            await CommitAsync(node, Steps[step]);
        }

        texts.Add((await CmsAsync(node, "export", "net")).Output);
        foreach (var isCold in new[] { false, true })
        {
            if (isCold)
            {
                await node.KillAsync();
                Directory.Delete(Path.Combine(node.RunDirectory, "segments"), recursive: true);
                await node.StartAsync();
            }

            for (var revision = 1; revision <= texts.Count; revision++)
            {
                var result = await CmsAsync(node, "rollback", "net", "--to", $"{revision}");
                Assert.Equal((0, ""), (result.ExitCode, result.Error));
                Assert.Equal(texts[revision - 1], (await CmsAsync(node, "export", "net")).Output);
            }
        }

        Assert.Equal("net is as it was at revision 7 already\n", (await CmsAsync(node, "rollback", "net", "--to", "7")).Output);
        await CmsAsync(node, "rollback", "net", "--to", "1", "--wait", "-m", "as at first");
        Assert.Equal(Text.Trim(), (await File.ReadAllTextAsync(node.FileOf("net"), Token)).Trim());
        Assert.Equal("as at first", (await node.Client.HistoryAsync("net", 1, Token))[0].Message);
    }

    [Fact]
    public async Task A_section_and_an_option_go_back_alone()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, [Set("lan", "mtu", "1400"), Set("lan", "metric", "5"), Set("@rule[0]", "name", "three"), new() { Op = "delete", Section = "@rule[1]" }]);
        Assert.Equal("net: revision 3, 1 change\n", (await CmsAsync(node, "rollback", "net.lan.mtu", "--to", "1")).Output);
        Assert.Equal("1500 5 three", await ValuesAsync(node, "net.lan.mtu", "net.lan.metric", "net.@rule[0].name"));
        Assert.Equal(0, (await CmsAsync(node, "rollback", "net.@rule[0]", "--to", "1")).ExitCode);
        Assert.Equal("one 5", await ValuesAsync(node, "net.@rule[0].name", "net.lan.metric"));
        Assert.Equal(0, (await CmsAsync(node, "rollback", "net.@rule[1]", "--to", "1")).ExitCode);
        Assert.Equal("two 5", await ValuesAsync(node, "net.@rule[1].name", "net.lan.metric"));
        Assert.Equal("roll back net.@rule[1] to revision 1", (await node.Client.HistoryAsync("net", 1, Token))[0].Message);
    }

    [Fact]
    public async Task What_was_is_shown_and_compared()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, [Set("lan", "mtu", "1400"), new() { Op = "delete", Section = "@rule[0]" }]);
        await CommitAsync(node, [new() { Op = "rename", Section = "lan", Name = "home" }, new() { Op = "add", Type = "rule", Key = "k" }]);
        Assert.Equal("1500\n", (await CmsAsync(node, "get", "net.lan.mtu", "--revision", "1")).Output);
        Assert.Equal("net.lan=interface\nnet.lan.mtu='1400'\nnet.lan.dns='a' 'b'\n", (await CmsAsync(node, "show", "net.lan", "--revision", "2")).Output);
        Assert.Equal("", (await CmsAsync(node, "show", "net", "--revision", "0")).Output);
        Assert.Equal(
            "--- net revision 1\n+++ net revision 2\n-net.@rule[0]=rule\n-net.@rule[0].name='one'\n-net.lan.mtu='1500'\n+net.lan.mtu='1400'\n",
            (await CmsAsync(node, "diff", "net", "1", "2")).Output);
        Assert.Equal("--- net revision 2\n+++ net revision 3\n~net.home was called lan\n+net.@rule[1]=rule\n", (await CmsAsync(node, "diff", "net")).Output);
        Assert.Equal("--- net revision 1\n+++ net revision 3\n-net.home.mtu='1500'\n+net.home.mtu='1400'\n", (await CmsAsync(node, "diff", "net.home.mtu", "1")).Output);
        Assert.Equal("--- net revision 3\n+++ net revision 1\n-net.lan.mtu='1400'\n+net.lan.mtu='1500'\n", (await CmsAsync(node, "diff", "net.home.mtu", "3", "1")).Output);
        await CmsAsync(node, "set", "net.home.mtu=9000");
        Assert.Equal("--- net revision 3\n+++ net staged\n-net.home.mtu='1400'\n+net.home.mtu='9000'\n", (await CmsAsync(node, "diff", "net", "--staged")).Output);
        Assert.Equal("", (await CmsAsync(node, "diff", "net", "3", "3")).Output);
        var json = (await CmsAsync(node, "diff", "net.home.mtu", "1", "--json")).Output;
        Assert.Contains("\"kind\":\"option\",\"path\":\"home.mtu\",\"id\":1,\"old\":\"1500\",\"new\":\"1400\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_go_back_with_their_rows_in_order()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, [
            new() { Op = "create_table", Table = "t", PrimaryKey = "n", Columns = [new() { Name = "n", Type = "int" }, new() { Name = "mac", Type = "string", Size = 9, Index = "unique" }] },
            .. Enumerable.Range(1, 5).Select(number => Row("insert_row", number, $"m{number}"))]);
        var before = await RowsAsync(node);
        await CommitAsync(node, [
            new() { Op = "delete_row", Table = "t", Row = new Dictionary<string, ConfigValue> { ["n"] = ConfigValue.FromInt(2) } },
            Row("update_row", 3, "m2"), Row("update_row", 4, "m3"), Row("insert_row", 9, "m4")]);
        await CommitAsync(node, [new() { Op = "drop_table", Table = "t" }]);
        Assert.Equal(0, (await CmsAsync(node, "rollback", "net.t", "--to", "3")).ExitCode);
        var diff = await node.Client.DiffAsync("net", new() { From = 2, To = 5, Section = "t" }, Token);
        Assert.Equal(["t[2] m2 -> ", "t[3] m3 -> m2", "t[4] m4 -> m3", "t[9]  -> m4"], diff.Differences.Select(each => $"{each.Path} {each.OldRow?["mac"]} -> {each.NewRow?["mac"]}"));
        Assert.Equal(0, (await CmsAsync(node, "rollback", "net", "--to", "2")).ExitCode);
        Assert.Equal(before, await RowsAsync(node));
    }

    [Fact]
    public async Task A_repeated_roll_back_is_carried_out_once()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, [Set("lan", "mtu", "1400")]);
        var request = new RollbackRequest { To = 1, RequestId = "r1" };
        Assert.False((await node.Client.RollbackAsync("net", request, Token)).Repeated);
        await CommitAsync(node, [Set("lan", "mtu", "1300")]);
        Assert.True((await node.Client.RollbackAsync("net", request, Token)).Repeated);
        Assert.Equal("1300", await ValuesAsync(node, "net.lan.mtu"));
    }

    [Theory]
    [InlineData(2, "revision 9 is not there yet: module 'net' is at 1", "rollback", "net", "--to", "9")]
    [InlineData(2, "revision 9 is not there yet: module 'net' is at 1", "show", "net", "--revision", "9")]
    [InlineData(2, "revision 9 is not there yet: module 'net' is at 1", "diff", "net", "9")]
    [InlineData(2, "'x' is no revision", "diff", "net", "x")]
    [InlineData(2, "needs --to", "rollback", "net")]
    [InlineData(2, "name the module", "show", "--revision", "1")]
    [InlineData(2, "leave the revisions out", "diff", "net", "1", "--staged")]
    [InlineData(3, "neither at revision 1 nor now", "rollback", "net.none", "--to", "1")]
    [InlineData(3, "neither at revision 1 nor now", "rollback", "net.lan.none", "--to", "1")]
    [InlineData(3, "there is no module 'none'", "rollback", "none", "--to", "1")]
    [InlineData(3, "there was no net.lan.none at revision 1", "get", "net.lan.none", "--revision", "1")]
    [InlineData(3, "there is no 'none' in revision 0 or 1", "diff", "net.none")]
    public async Task What_is_not_there_is_refused_plainly(int exitCode, string message, params string[] arguments)
    {
        await using var node = await StartAsync();
        var result = await CmsAsync(node, arguments);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await node.Client.GetAsync("net", Token)).Revision);
    }

    [Fact]
    public async Task A_name_that_is_another_sections_now_is_not_taken_from_it()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, [new() { Op = "rename", Section = "lan", Name = "home" }]);
        await CommitAsync(node, [new() { Op = "set", Section = "lan", Type = "interface" }]);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.RollbackAsync("net", new() { To = 1, Section = "home" }, Token));
        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        Assert.Equal(["home"], refused.Refusal.Paths);
        Assert.Equal(3, (await node.Client.GetAsync("net", Token)).Revision);
        Assert.Equal(4, (await node.Client.RollbackAsync("net", new() { To = 1 }, Token)).Revision);
    }

    private static readonly WireOperation[][] Steps =
    [
        [Set("lan", "mtu", "1400"), new() { Op = "add_list", Section = "lan", Option = "dns", Value = ConfigValue.FromText("c") }],
        [new() { Op = "delete", Section = "lan" }, new() { Op = "reorder", Section = "@rule[1]", Index = 0 }],
        [new() { Op = "set", Section = "lan", Type = "port" }, Set("lan", "x", "1"), new() { Op = "delete", Section = "@rule[0]" }],
        [new() { Op = "rename", Section = "@rule[0]", Name = "only" }, new() { Op = "rename", Section = "lan", Option = "x", Name = "y" }],
        [new() { Op = "delete", Section = "only" }, new() { Op = "add", Type = "rule", Key = "a" }, Set("+a", "name", "one")],
        [new() { Op = "delete", Section = "lan" }, new() { Op = "delete", Section = "@rule[0]" }],
    ];

    private static WireOperation Set(string section, string option, string value) =>
        new() { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) };

    private static WireOperation Row(string op, long number, string mac) =>
        new() { Op = op, Table = "t", Row = new Dictionary<string, ConfigValue> { ["n"] = ConfigValue.FromInt(number), ["mac"] = ConfigValue.FromText(mac) } };

    private static async Task<IReadOnlyList<string>> RowsAsync(NodeProcess node) =>
        [.. (await node.Client.RowsAsync("net", "t", new(), Token)).Rows.Select(row => string.Join(' ', row.Values))];

    private static async Task<string> ValuesAsync(NodeProcess node, params string[] addresses)
    {
        var values = new List<string>();
        foreach (var address in addresses)
        {
            values.Add((await CmsAsync(node, "get", address)).Output.TrimEnd('\n'));
        }

        return string.Join(' ', values);
    }

    private static Task<(int ExitCode, string Output, string Error)> CmsAsync(NodeProcess node, params string[] arguments) => ProgramRun.CmsAsync(node, arguments);

    private static Task<CommitReply> CommitAsync(NodeProcess node, WireOperation[] operations) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = operations }, Token);

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await node.StartAsync();
        return node;
    }
}
