using System.Text.Json;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Looking for things with the real <c>cms</c>: search, list, tree, exists, get.</summary>
public sealed class SearchTests
{
    private const string Net = "config interface 'lan'\n\toption ipaddr '192.168.1.1'\n\tlist dns '1.1.1.1'\n\tlist dns '9.9.9.9'\n\nconfig interface 'wan'\n\toption proto 'dhcp'\n\tlist dns '9.9.9.9'\n";
    private const string Fire = "config rule\n\toption name 'Allow-Ping'\n\toption src 'wan'\n\nconfig zone 'lan'\n\toption input 'ACCEPT'\n\nconfig rule\n\toption name 'Deny'\n\toption src 'lan'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("net.lan.dns='1.1.1.1' '9.9.9.9'\nnet.wan.dns='9.9.9.9'\n", "9.9.9")]
    [InlineData("fire.lan.input='ACCEPT'\nfire.@rule[1].src='lan'\nnet.lan.ipaddr='192.168.1.1'\nnet.lan.dns='1.1.1.1' '9.9.9.9'\n", "lan")]
    [InlineData("fire.@rule[1].src='lan'\n", "lan", "--value")]
    [InlineData("net.lan.dns='1.1.1.1' '9.9.9.9'\nnet.wan.dns='9.9.9.9'\n", "*.dns")]
    [InlineData("fire.@rule[0].name='Allow-Ping'\nfire.@rule[1].name='Deny'\n", "fire.@rule[*].name")]
    [InlineData("fire.@rule[0].src='wan'\n", "fire.@rule[0].s*", "--path")]
    [InlineData("net.wan.proto='dhcp'\n", "@interface[1].proto")]
    [InlineData("fire.@rule[0].name='Allow-Ping'\n", "ping", "-i")]
    [InlineData("fire.@rule[1].name='Deny'\n", "--regex", "^D.*y$")]
    [InlineData("net.lan.dns='1.1.1.1' '9.9.9.9'\nnet.wan.dns='9.9.9.9'\n", "dns", "--name", "--module", "net")]
    [InlineData("fire.lan.input='ACCEPT'\n", "lan", "--type", "zone")]
    [InlineData("fire.lan.input='ACCEPT'\n", "lan", "--limit", "1")]
    [InlineData("4\n", "lan", "--count")]
    [InlineData("net.lan.ipaddr='192.168.1.1'\n", "net.lan.ipaddr", "--glob", "--path")]
    public async Task Options_are_found_in_the_order_of_their_modules(string expected, params string[] arguments)
    {
        await using var node = await StartAsync();
        await OkAsync(node, expected, ["search", .. arguments]);
    }

    [Theory]
    [InlineData(3, "nothing is found by 'absent'", "absent")]
    [InlineData(3, "--ignore-case finds it", "PING")]
    [InlineData(3, "", "absent", "--count")]
    [InlineData(2, "no regular expression", "--regex", "a(")]
    [InlineData(2, "one of --text, --glob and --regex", "a", "--regex", "--glob")]
    [InlineData(2, "an empty pattern", "")]
    [InlineData(2, "--limit 0", "a", "--limit", "0")]
    [InlineData(3, "there is no module 'absent'", "a", "--module", "absent")]
    public async Task What_is_not_found_or_asked_wrongly_is_said(int code, string message, params string[] arguments)
    {
        await using var node = await StartAsync();
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, ["search", .. arguments]);
        Assert.Equal(code, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_sees_what_is_staged_and_works_without_the_daemon()
    {
        await using var node = await StartAsync();
        await node.KillAsync();
        await OkAsync(node, "", "set", "net.wan.proto=static");
        await OkAsync(node, "net.wan.proto='static'\n", "search", "static");
        await OkAsync(node, "net.wan.proto='dhcp'\n", "search", "dhcp", "--committed");
        await OkAsync(node, "", "delete", "fire.@rule[0]");
        await OkAsync(node, "fire.@rule[0].name='Deny'\n", "search", "Deny");
        Assert.Equal(3, (await ProgramRun.CmsAsync(node, "search", "dhcp")).ExitCode);
    }

    [Fact]
    public async Task Cells_of_tables_are_found_when_asked_for()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "", "table", "create", "net.hosts", "name:string:20:key", "mac:string:17");
        await OkAsync(node, "", "table", "insert", "net.hosts", "name=printer", "mac=52:54:00:00:00:01");
        await OkAsync(node, "net.hosts[printer].mac='52:54:00:00:00:01'\n", "search", "52:54", "--tables");
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, "search", "52:54");
        Assert.Equal(3, exitCode);
        Assert.Contains("--tables", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lists_what_is_found()
    {
        await using var node = await StartAsync();
        var hit = JsonDocument.Parse((await ProgramRun.CmsAsync(node, "search", "dhcp", "--json")).Output).RootElement[0];
        Assert.Equal("net.wan.proto", hit.GetProperty("path").GetString());
        Assert.Equal("interface", hit.GetProperty("type").GetString());
        Assert.Equal("dhcp", hit.GetProperty("value").GetString());
        Assert.Equal((3, "[]\n"), await CodeAsync(node, "search", "absent", "--json"));
    }

    [Fact]
    public async Task Things_are_listed_by_type_and_at_length()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "@rule[0]\n@rule[1]\n", "list", "fire", "--type", "rule");
        await OkAsync(node, "@rule[0]  rule  2 options\nlan       zone  1 option\n@rule[1]  rule  2 options\n", "list", "fire", "--long");
        await OkAsync(node, "ipaddr  string          1 element\ndns     list of string  2 elements\n", "list", "net.lan", "--long");
        await OkAsync(node, "fire  revision 1  3 sections  0 tables\nnet   revision 1  2 sections  0 tables\n", "list", "--long");
        Assert.Equal(2, (await ProgramRun.CmsAsync(node, "list", "--type", "rule")).ExitCode);
    }

    [Fact]
    public async Task A_tree_shows_what_is_below_what()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "net\n|-- lan (interface)\n|   |-- ipaddr = '192.168.1.1'\n|   `-- dns = '1.1.1.1' '9.9.9.9'\n`-- wan (interface)\n    |-- proto = 'dhcp'\n    `-- dns = '9.9.9.9'\n", "tree", "net");
        await OkAsync(node, "fire\n|-- @rule[0] (rule)\n|-- lan (zone)\n`-- @rule[1] (rule)\nnet\n|-- lan (interface)\n`-- wan (interface)\n", "tree", "--depth", "2");
        await OkAsync(node, "fire\nnet\n", "tree", "--depth", "1");
        await OkAsync(node, "net.wan (interface)\n|-- proto = 'dhcp'\n`-- dns = '9.9.9.9'\n", "tree", "net.wan");
        await OkAsync(node, "[{\"name\":\"net.wan.proto\",\"value\":\"dhcp\"}]\n", "tree", "net.wan.proto", "--json");
    }

    [Theory]
    [InlineData(0, "net")]
    [InlineData(0, "net.lan")]
    [InlineData(0, "net.lan.dns")]
    [InlineData(0, "fire.@rule[1].name")]
    [InlineData(3, "absent")]
    [InlineData(3, "net.absent")]
    [InlineData(3, "net.lan.absent")]
    [InlineData(3, "fire.@rule[2].name")]
    public async Task Whether_something_exists_is_told_by_the_exit_code_alone(int code, string address)
    {
        await using var node = await StartAsync();
        Assert.Equal((code, "", ""), await ProgramRun.CmsAsync(node, "exists", address));
    }

    [Fact]
    public async Task A_get_may_have_a_default_a_type_and_several_addresses()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "192.168.1.1\ndhcp\n", "get", "net.lan.ipaddr", "net.wan.proto");
        await OkAsync(node, "1500\n", "get", "net.lan.mtu", "--default", "1500");
        await OkAsync(node, "none\n", "get", "absent.lan.mtu", "--default", "none");
        await OkAsync(node, "list of string\nstring\nsection\n", "get", "--type", "net.lan.dns", "net.wan.proto", "net.wan");
        await OkAsync(node, "{\"net.wan.proto\":\"dhcp\",\"net.lan.mtu\":\"0\"}\n", "get", "net.wan.proto", "net.lan.mtu", "--default", "0", "--json");
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, "get", "net.lan.ipaddr", "net.lan.mtu");
        Assert.Equal((3, ""), (exitCode, output));
        Assert.Contains("there is no net.lan.mtu", error, StringComparison.Ordinal);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Net, Token);
        await File.WriteAllTextAsync(node.FileOf("fire"), Fire, Token);
        await node.StartAsync();
        return node;
    }

    private static async Task OkAsync(NodeProcess node, string expected, params string[] arguments) =>
        Assert.Equal((0, expected, ""), await ProgramRun.CmsAsync(node, arguments));

    private static async Task<(int ExitCode, string Output)> CodeAsync(NodeProcess node, params string[] arguments)
    {
        var (exitCode, output, _) = await ProgramRun.CmsAsync(node, arguments);
        return (exitCode, output);
    }
}
