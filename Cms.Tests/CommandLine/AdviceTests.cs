using Cms.Cli.Help;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.CommandLine;

/// <summary>What <c>cms</c> says when it is not understood.</summary>
public sealed class AdviceTests
{
    [Theory]
    [InlineData("comit", "commit")]
    [InlineData("lna", "lan")]
    [InlineData("gte", "get")]
    [InlineData("histry", "history")]
    [InlineData("xyzzy", null)]
    [InlineData("a", null)]
    public void What_takes_few_slips_is_meant(string typed, string? meant) =>
        Assert.Equal(meant, NearestName.Find(typed, ["get", "set", "commit", "confirm", "history", "lan", "wan"]));

    [Theory]
    [InlineData("comit", "cms has no command 'comit'; did you mean commit? cms --help explains it.\n")]
    [InlineData("table fnid net.hosts a=1", "cms table has no command 'fnid'; did you mean find?")]
    [InlineData("get net.lan.ipaddr --comitted", "cms get has no option '--comitted'; did you mean --committed?")]
    [InlineData("get net.lan.ipaddr --jsno", "did you mean --json?")]
    [InlineData("import --mrege", "cms import has no option '--mrege'; did you mean --merge?")]
    [InlineData("export net --fromat yaml", "cms export has no option '--fromat'; did you mean --format?")]
    [InlineData("edit --mesage x", "cms edit has no option '--mesage'; did you mean --message?")]
    [InlineData("set net.lan.name=my router", "'router' is one word too many for cms set; quote a value that holds blanks")]
    [InlineData("get", "cms get needs <address>, as in: cms get network.lan.ipaddr")]
    [InlineData("rollback net", "cms rollback needs --to <to>")]
    [InlineData("history --count many", "--count takes a whole number, not 'many'")]
    [InlineData("commit --message", "a value is missing behind -m, --message <message>")]
    [InlineData("table", "cms table needs a command: create, drop")]
    public async Task A_command_line_that_is_wrong_is_refused_with_what_would_be_right(string line, string said)
    {
        await using var node = new NodeProcess();
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, line.Split(' '));
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("cms: ", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(each => each == '\n'));
    }

    [Fact]
    public async Task An_address_that_is_not_there_is_refused_with_the_one_that_was_meant()
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("network"), "config interface 'lan'\n\toption ipaddr '10.0.0.1'\n\nconfig interface 'guest'\n", TestContext.Current.CancellationToken);
        await node.StartAsync();
        foreach (var (typed, meant) in new[]
        {
            ("network.lna.ipaddr", "network.lan.ipaddr"), ("network.lan.ipadr", "network.lan.ipaddr"), ("netwrok.lan.ipaddr", "network"),
            ("network.gest", "network.guest"), ("network.@interface[0].iparr", "network.@interface[0].ipaddr"),
        })
        {
            var (exitCode, _, error) = await ProgramRun.CmsAsync(node, "get", typed);
            Assert.Equal(3, exitCode);
            Assert.EndsWith($"; did you mean {meant}?\n", error, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("did you mean", (await ProgramRun.CmsAsync(node, "get", "network.lan.metric")).Error, StringComparison.Ordinal);
        Assert.EndsWith("did you mean network.lan?\n", (await ProgramRun.CmsAsync(node, "delete", "network.lann")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_the_same_by_both_ways_and_in_the_language_of_the_user()
    {
        await using var node = new NodeProcess();
        var byOption = await ProgramRun.CmsAsync(node, "table", "find", "--help");
        Assert.Equal(byOption, await ProgramRun.CmsAsync(node, "help", "table", "find"));
        Assert.Contains("Usage: cms table find <module.table> <column=value> [OPTIONS]\n", byOption.Output, StringComparison.Ordinal);
        Assert.Contains("\n  cms table find net.hosts group=1\n", byOption.Output, StringComparison.Ordinal);

        var overview = await ProgramRun.CmsAsync(node, "--help");
        Assert.Contains("\nRead\n", overview.Output, StringComparison.Ordinal);
        Assert.Equal((2, ""), ((await ProgramRun.CmsAsync(node, "help", "comit")) is var unknown ? unknown.ExitCode : 0, unknown.Output));
        Assert.Contains("did you mean commit?", unknown.Error, StringComparison.Ordinal);

        var german = await ProgramRun.CmsInLanguageAsync(node, "de_DE.UTF-8", "get", "--help");
        Assert.StartsWith("Einen Wert ausgeben\n", german.Output, StringComparison.Ordinal);
    }
}
