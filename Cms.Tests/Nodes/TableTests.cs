using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Tables of a real node: over HTTP, by the real <c>cms</c>, and beside text files that know nothing of them.</summary>
public sealed class TableTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_command_line_creates_changes_finds_and_scans()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "", "table", "create", "net.hosts", "name:string:20:key", "group:int:4:index", "mac:string:17:unique", "load:float");
        await OkAsync(node, "", "table", "insert", "net.hosts", "name=a", "group=1", "mac=01", "load=0.5");
        await OkAsync(node, "", "table", "insert", "net.hosts", "name=b", "group=2", "mac=02", "load=1");
        await OkAsync(node, "name='a' group='1' mac='01' load='0.5'\n", "table", "find", "net.hosts", "group=1");
        await OkAsync(node, "net.hosts name:string:20:key group:int:4:index mac:string:17:unique load:float   # 2 rows\n", "table", "list");
        await OkAsync(node, "", "table", "list", "net", "--committed");
        await OkAsync(
            node,
            "table create net.hosts name:string:20:key group:int:4:index mac:string:17:unique load:float\n"
                + "table insert net.hosts name='a' group='1' mac='01' load='0.5'\ntable insert net.hosts name='b' group='2' mac='02' load='1'\n",
            "changes");
        await OkAsync(node, "net: revision 2, 3 changes\n", "commit");
        await OkAsync(node, "", "table", "update", "net.hosts", "name=a", "group=-2");
        await OkAsync(node, "", "table", "delete", "net.hosts", "b");
        await OkAsync(node, "table update net.hosts name='a' group='-2'\ntable delete net.hosts 'b'\n", "changes");
        await OkAsync(node, "[{\"name\":\"a\",\"group\":-2,\"mac\":\"01\",\"load\":0.5}]\n", "table", "scan", "net.hosts", "--json");
        await OkAsync(node, "name='b' group='2' mac='02' load='1'\n", "table", "scan", "net.hosts", "load>0.6", "--committed");
        await OkAsync(node, "net: revision 3, 2 changes\n", "commit", "--wait");
        await OkAsync(node, "", "table", "find", "net.hosts", "group=1");
        await node.KillAsync();
        await OkAsync(node, "name='a' group='-2' mac='01' load='0.5'\n", "table", "find", "net.hosts", "mac=01");
        await OkAsync(node, "", "table", "drop", "net.hosts");
        await OkAsync(node, "", "table", "list", "net");
        await OkAsync(node, "", "revert", "net.hosts");
        await OkAsync(node, "", "changes");
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_a_code_of_its_own()
    {
        (int ExitCode, string[] Arguments)[] refused =
        [
            (2, ["table", "create", "net.t", "name:string:20"]),
            (2, ["table", "create", "net.t", "name:text:20:key"]),
            (2, ["table", "create", "net.t", "name:string:256:key"]),
            (2, ["table", "create", "net.t", "name:string:20:key", "name:int"]),
            (4, ["table", "create", "net.hosts", "name:string:20:key"]),
            (3, ["table", "drop", "net.none"]),
            (4, ["table", "insert", "net.hosts", "name=a", "group=1", "mac=99"]),
            (4, ["table", "insert", "net.hosts", "name=b", "group=1", "mac=01"]),
            (2, ["table", "insert", "net.hosts", "name=b", "group=1"]),
            (2, ["table", "insert", "net.hosts", "name=b", "group=x", "mac=02"]),
            (2, ["table", "insert", "net.hosts", "name=b", "group=3000000000", "mac=02"]),
            (2, ["table", "insert", "net.hosts", "name=b", "group=1", "mac=02", "other=1"]),
            (6, ["table", "insert", "net.hosts", "name=b", "group=1", "mac=123456789012345678"]),
            (3, ["table", "update", "net.hosts", "name=b", "group=1"]),
            (2, ["table", "update", "net.hosts", "group=1"]),
            (3, ["table", "delete", "net.hosts", "b"]),
            (2, ["table", "find", "net.hosts", "group>1"]),
            (2, ["table", "scan", "net.hosts", "group"]),
        ];
        await using var node = await StartAsync();
        await node.Client.CommitAsync("net", Request(Hosts, Insert("a", 1, "01")), Token);
        foreach (var (exitCode, arguments) in refused)
        {
            var result = await ProgramRun.CmsAsync(node, arguments);
            Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
            Assert.StartsWith("cms: ", result.Error, StringComparison.Ordinal);
        }

        await OkAsync(node, "", "changes");
    }

    [Fact]
    public async Task Tables_are_read_over_http_and_conflicts_are_found_by_row()
    {
        await using var node = await StartAsync();
        var rows = Enumerable.Range(0, 250).Select(number => Insert($"h{number}", number % 5, $"m{number}"));
        await node.Client.CommitAsync("net", Request([Hosts, .. rows]), Token);
        var table = Assert.Single((await node.Client.TablesAsync("net", Token)).Tables);
        Assert.Equal(("hosts", "name", 250, "unique"), (table.Table, table.PrimaryKey, table.Rows, table.Columns[2].Index));
        var found = await node.Client.RowsAsync("net", "hosts", new RowsQuery { Where = ["group=3", "name!=h3"], Count = 10, Skip = 2 }, Token);
        Assert.Equal((10, true, 2), (found.Rows.Count, found.More, found.Revision));
        Assert.All(found.Rows, row => Assert.Equal(ConfigValue.FromInt(3), row["group"]));
        Assert.Equal(250, (await node.Client.RowsAsync("net", "hosts", new RowsQuery { Count = 1000 }, Token)).Rows.Count);
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.RowsAsync("net", "hosts", new RowsQuery { Where = ["none=3"] }, Token));
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.RowsAsync("net", "hosts", new RowsQuery { Count = 0 }, Token));
        await RefusedAsync(ErrorCode.NotFound, () => node.Client.RowsAsync("net", "none", new RowsQuery(), Token));

        var update = Update("h7", 9) with { Expected = 2 };
        await node.Client.CommitAsync("net", Request(update), Token);
        var refused = await RefusedAsync(ErrorCode.Conflict, () => node.Client.CommitAsync("net", Request(update), Token));
        Assert.Equal(["hosts[h7]"], refused.Paths);
        await node.Client.CommitAsync("net", Request(Update("h8", 9) with { Expected = 2 }), Token);
        Assert.Equal(0, (await node.Client.CommitAsync("net", Request(Update("h8", 9)), Token)).Changes);
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.CommitAsync("net", Request(Insert("x", 1, "x") with { Section = "lan" }), Token));
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.CommitAsync("net", Request(new WireOperation { Op = "insert_row", Table = "hosts" }), Token));
    }

    [Fact]
    public async Task No_text_file_edit_import_or_uci_commit_loses_a_table_and_a_cold_start_brings_it_back()
    {
        await using var node = await StartAsync();
        await node.Client.CommitAsync("net", Request(Hosts, Insert("a", 1, "01"), Insert("b", 1, "02")) with { WaitForFile = true }, Token);
        Assert.Equal(Text.Trim(), (await File.ReadAllTextAsync(node.FileOf("net"), Token)).Trim());
        Assert.Equal(0, (await ProgramRun.UciAsync(node, "set", "net.lan.mtu=1400")).ExitCode);
        Assert.Equal(0, (await ProgramRun.UciAsync(node, "commit", "net")).ExitCode);
        Check(node);
        await node.Client.ImportAsync("net", "config other\n"u8.ToArray(), new() { WaitForFile = true }, Token);
        Check(node);
        await node.StopAsync();
        await File.WriteAllTextAsync(node.FileOf("net"), "config edited\n", Token);
        await node.StartAsync();
        await node.Client.CommitAsync("net", Request(Update("b", 2)) with { WaitForFile = true }, Token);
        Assert.Equal("edited", Assert.Single((await node.Client.GetAsync("net", Token)).Sections).Type);
        await node.KillAsync();
        Directory.Delete(Path.Combine(node.RunDirectory, "segments"), recursive: true);
        await node.StartAsync();
        var rows = await node.Client.RowsAsync("net", "hosts", new RowsQuery { Where = ["mac=02"] }, Token);
        Assert.Equal(ConfigValue.FromInt(2), Assert.Single(rows.Rows)["group"]);
        Check(node);
    }

    private static WireOperation Hosts => new()
    {
        Op = "create_table",
        Table = "hosts",
        PrimaryKey = "name",
        Columns =
        [
            new() { Name = "name", Type = "string", Size = 20 },
            new() { Name = "group", Type = "int", Size = 4, Index = "index" },
            new() { Name = "mac", Type = "string", Size = 17, Index = "unique" },
        ],
    };

    private static WireOperation Insert(string name, long group, string mac) => new()
    {
        Op = "insert_row",
        Table = "hosts",
        Row = new Dictionary<string, ConfigValue> { ["name"] = ConfigValue.FromText(name), ["group"] = ConfigValue.FromInt(group), ["mac"] = ConfigValue.FromText(mac) },
    };

    private static WireOperation Update(string name, long group) => new()
    {
        Op = "update_row",
        Table = "hosts",
        Row = new Dictionary<string, ConfigValue> { ["name"] = ConfigValue.FromText(name), ["group"] = ConfigValue.FromInt(group) },
    };

    private static CommitRequest Request(params WireOperation[] operations) => new() { Operations = operations };

    private static void Check(NodeProcess node)
    {
        using var reader = SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", "net.seg"));
        var table = reader.OpenTable("hosts");
        Assert.Equal(2, table!.RowCount);
        Assert.True(table.TryFind("a", out var row));
        Assert.Equal("01", row.GetString(2));
    }

    private static async Task<Refusal> RefusedAsync(ErrorCode code, Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(act);
        Assert.Equal(code, refused.Refusal.Code);
        return refused.Refusal;
    }

    private static async Task OkAsync(NodeProcess node, string expected, params string[] arguments) =>
        Assert.Equal((0, expected, ""), await ProgramRun.CmsAsync(node, arguments));

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await node.StartAsync();
        return node;
    }
}
