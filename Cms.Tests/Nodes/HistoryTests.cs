using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Who changed what, when and from where.</summary>
public sealed class HistoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_history_of_a_path_has_the_commits_that_touched_it_also_when_it_was_gone_in_between()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "mtu", Set("lan", "mtu", "1"));
        await CommitAsync(node, "wan", Set("wan", "mtu", "1"));
        await CommitAsync(node, "both", Set("lan", "x", "1"), Set("wan", "x", "1"));
        await CommitAsync(node, "gone", new WireOperation { Op = "delete", Section = "lan" });
        await CommitAsync(node, "again", new() { Op = "set", Section = "lan", Type = "interface" }, Set("lan", "mtu", "2"));
        await CommitAsync(node, "renamed", new WireOperation { Op = "rename", Section = "lan", Name = "home" });
        await CommitAsync(node, "later", Set("home", "x", "2"));
        await CommitAsync(node, "table", new WireOperation { Op = "create_table", Table = "t", PrimaryKey = "n", Columns = [new() { Name = "n", Type = "int" }] });

        Assert.Equal("later renamed again gone both mtu import", await MessagesAsync(node, new() { Module = "net", Section = "lan" }));
        Assert.Equal("later renamed again", await MessagesAsync(node, new() { Module = "net", Section = "home" }));
        Assert.Equal("again gone mtu import", await MessagesAsync(node, new() { Module = "net", Section = "lan", Option = "mtu" }));
        Assert.Equal("both wan import", await MessagesAsync(node, new() { Module = "net", Section = "@interface[0]" }));
        Assert.Equal("gone both mtu import", await MessagesAsync(node, new() { Module = "net", Section = "#1" }));
        Assert.Equal("table", await MessagesAsync(node, new() { Module = "net", Section = "t" }));
        Assert.Equal("", await MessagesAsync(node, new() { Module = "net", Section = "none" }));
        Assert.Equal("again gone", await MessagesAsync(node, new() { Module = "net", Section = "lan", Count = 2, Before = 7 }));
    }

    [Fact]
    public async Task A_long_history_comes_in_pages_and_all_modules_are_told_in_one_order()
    {
        await using var node = await StartAsync();
        for (var index = 0; index < 30; index++)
        {
            var operation = Set("lan", "n", $"{index}");
            await node.Client.CommitAsync(index % 3 == 0 ? "other" : "net", new() { Operations = [operation], Message = $"{index}" }, Token);
        }

        var seen = new List<HistoryEntry>();
        for (long? before = null; ;)
        {
            var page = await node.Client.HistoryAsync(new HistoryQuery { Before = before, Count = 7 }, Token);
            if (page.Count == 0)
            {
                break;
            }

            seen.AddRange(page);
            before = page[^1].Commit;
        }

        Assert.Equal(Enumerable.Range(0, 30).Reverse().Select(index => index.ToString(CultureInfo.InvariantCulture)), seen.Take(30).Select(entry => entry.Message));
        Assert.Equal(32, seen.Count);
        Assert.Equal(["net", "other"], seen.Select(entry => entry.Module).Distinct().Order());
        Assert.Equal("8 7 6", await MessagesAsync(node, new() { Module = null, Before = seen.Single(entry => entry.Message == "9").Commit, Count = 3 }));
        Assert.Equal("4 2 1", await MessagesAsync(node, new() { Module = "net", Before = 5, Count = 3 }));
    }

    [Fact]
    public async Task Who_when_and_from_where_are_printed()
    {
        await using var node = await StartAsync();
        await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=1400");
        await ProgramRun.CmsAsync(node, "commit", "-m", "smaller");
        var entry = (await node.Client.HistoryAsync("net", 1, Token))[0];
        Assert.Matches("^cms\\[[0-9]+\\]$", entry.Process);
        Assert.Equal(("unix", "net"), (entry.Gateway, entry.Module));
        var (exitCode, output, _) = await ProgramRun.CmsAsync(node, "history", "net.lan.mtu", "-n", "1");
        Assert.Equal(0, exitCode);
        Assert.Matches("^ +2  [0-9-]+ [0-9:]+Z  uid:[0-9]+ +cms\\[[0-9]+\\] +1 change  smaller\n$", output);
        Assert.Matches("^ +[0-9]+  net +2  .* smaller\n +[0-9]+  (net|other) +1  ", (await ProgramRun.CmsAsync(node, "history")).Output);
        Assert.Contains("\"process\":\"cms[", (await ProgramRun.CmsAsync(node, "history", "net", "--json")).Output, StringComparison.Ordinal);
    }

    private static async Task<string> MessagesAsync(NodeProcess node, HistoryQuery query) =>
        string.Join(' ', (await node.Client.HistoryAsync(query, Token)).Select(entry => entry.Principal == "file" ? "import" : entry.Message));

    private static WireOperation Set(string section, string option, string value) =>
        new() { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> CommitAsync(NodeProcess node, string message, params WireOperation[] operations) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = operations, Message = message }, Token);

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        const string Text = "config interface 'lan'\n\toption mtu '1500'\n\nconfig interface 'wan'\n\toption mtu '1500'\n";
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await File.WriteAllTextAsync(node.FileOf("other"), Text, Token);
        await node.StartAsync();
        return node;
    }
}
