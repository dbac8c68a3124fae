using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>The real <c>cms</c> and <c>cms uci</c> beside a real node.</summary>
public sealed class CommandTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n\tlist dns '1.1.1.1'\n\nconfig rule\n\toption name 'one'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Staged_changes_are_seen_by_their_author_and_committed_as_one()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "", "set", "net.lan.mtu=1400");
        await OkAsync(node, "1400\n", "get", "net.lan.mtu");
        await OkAsync(node, "1500\n", "get", "net.lan.mtu", "--committed");
        await OkAsync(node, "", "add_list", "net.lan.dns=it's");
        await OkAsync(node, "", "rename", "net.lan=home");
        await OkAsync(node, "set net.home.mtu='1400'\nadd_list net.home.dns='it'\\''s'\nrename net.lan='home'\n", "changes");
        await OkAsync(node, "net: revision 2, 3 changes\n", "commit", "--wait");
        await OkAsync(node, "nothing is staged\n", "commit");
        Assert.Equal("\nconfig interface 'home'\n\toption mtu '1400'\n\tlist dns '1.1.1.1'\n\tlist dns 'it'\\''s'\n\nconfig rule\n\toption name 'one'\n\n", await ReadAsync(node));
    }

    [Fact]
    public async Task What_add_prints_names_the_section_until_it_is_committed()
    {
        await using var node = await StartAsync();
        var key = (await ProgramRun.CmsAsync(node, "add", "net", "rule")).Output.Trim();
        await OkAsync(node, "", "set", $"net.{key}.name=two");
        await OkAsync(node, "two\n", "get", "net.@rule[-1].name");
        await OkAsync(node, "", "reorder", $"net.{key}=0");
        await OkAsync(node, "net: revision 2, 3 changes\n", "commit", "net");
        await OkAsync(node, "net.@rule[0]=rule\nnet.@rule[0].name='two'\n", "show", "net.@rule[0]");
    }

    [Fact]
    public async Task Reading_and_staging_work_while_the_daemon_is_down_and_staged_changes_survive_it()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "", "set", "net.lan.mtu=1400");
        await node.KillAsync();
        await OkAsync(node, "1400\n", "get", "net.lan.mtu");
        await OkAsync(node, "", "set", "net.lan.metric=3");
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, "commit");
        Assert.Equal(11, exitCode);
        Assert.Contains("no cmsd answers", error, StringComparison.Ordinal);
        await node.StartAsync();
        await OkAsync(node, "net: revision 2, 2 changes\n", "commit");
    }

    [Fact]
    public async Task A_commit_on_a_path_that_somebody_else_changed_is_refused_and_stays_staged()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "", "set", "net.lan.mtu=1400");
        Assert.Equal(0, (await ProgramRun.UciAsync(node, "set", "net.lan.mtu=1300")).ExitCode);
        Assert.Equal(0, (await ProgramRun.UciAsync(node, "commit", "net")).ExitCode);
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, "commit");
        Assert.Equal(5, exitCode);
        Assert.Contains("net: changed since it was staged: lan.mtu", error, StringComparison.Ordinal);
        await OkAsync(node, "set net.lan.mtu='1400'\n", "changes");
        await OkAsync(node, "", "revert", "net.lan.mtu");
        await OkAsync(node, "1300\n", "get", "net.lan.mtu");
    }

    [Fact]
    public async Task The_uci_personality_and_the_daemon_see_each_others_changes()
    {
        await using var node = await StartAsync();
        await ProgramRun.UciAsync(node, "set", "net.lan.mtu=1400");
        var added = (await ProgramRun.UciAsync(node, "add", "net", "rule")).Output.Trim();
        await ProgramRun.UciAsync(node, "set", $"net.{added}.name=two");
        Assert.Equal((0, "", ""), await ProgramRun.UciAsync(node, "commit", "net"));
        await OkAsync(node, "two\n", "get", "net.@rule[1].name");
        Assert.Equal("uci commit", (await node.Client.HistoryAsync("net", 1, Token))[0].Message);
        await OkAsync(node, "", "set", "net.lan.metric=9");
        await OkAsync(node, "net: revision 3, 1 change\n", "commit", "--wait");
        Assert.Equal("9\n", (await ProgramRun.UciAsync(node, "get", "net.lan.metric")).Output);
    }

    [Fact]
    public async Task No_commit_of_either_is_lost_while_the_daemon_is_killed_again_and_again()
    {
        const int Each = 25;
        await using var node = await StartAsync();
        using var killing = new CancellationTokenSource();
        var killer = KillAsync(node, killing.Token);
        await Task.WhenAll(
            CommitManyAsync(Each, index => ProgramRun.UciAsync(node, "-p", Path.Combine(node.Root, "delta"), "set", $"net.lan.u{index}={index}"), () => ProgramRun.UciAsync(node, "commit", "net")),
            CommitManyAsync(Each, index => ProgramRun.CmsAsync(node, "set", $"net.lan.c{index}={index}"), () => ProgramRun.CmsAsync(node, "commit", "net")));
        await killing.CancelAsync();
        await killer;
        var text = await ReadAsync(node);
        for (var index = 0; index < Each; index++)
        {
            Assert.Contains($"option u{index} '{index}'", text, StringComparison.Ordinal);
            Assert.Contains($"option c{index} '{index}'", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_batch_runs_statements_with_quotes_semicolons_and_comments_and_stops_at_a_refusal()
    {
        await using var node = await StartAsync();
        var (exitCode, output, error) = await ProgramRun.CmsWithInputAsync(
            node, "# a comment\nset net.lan.a='x y'; set net.lan.b=\"it's\"\nget net.lan.b\ncommit\nset net.nosuch.x=1\nset net.lan.c=1\n", "batch");
        Assert.Equal(3, exitCode);
        Assert.Equal("it's\nnet: revision 2, 2 changes\n", output);
        Assert.Equal("cms: line 5: net: there is no section 'nosuch'\n", error);
        Assert.Equal("x y", (await node.Client.GetAsync("net", Token)).Sections[0].Options["a"].GetText());
    }

    [Fact]
    public async Task Import_replaces_or_merges_and_refuses_what_does_not_parse()
    {
        await using var node = await StartAsync();
        Assert.Equal((0, "net: revision 2, 1 change\n", ""), await ProgramRun.CmsWithInputAsync(node, "config interface 'lan'\n\toption metric '1'\n", "import", "net", "--merge"));
        await OkAsync(node, "1500\n", "get", "net.lan.mtu");
        var (exitCode, _, error) = await ProgramRun.CmsWithInputAsync(node, "config interface 'lan'\n\toption a 'b\n", "import", "net");
        Assert.Equal(2, exitCode);
        Assert.Contains("EOF with unterminated '", error, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.CmsWithInputAsync(node, "config only 'this'\n", "import", "net", "--wait")).ExitCode);
        Assert.Equal("\nconfig only 'this'\n\n", await ReadAsync(node));
        await OkAsync(node, "package net\n\nconfig only 'this'\n\n", "export", "net");
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_not_done_again_when_more_was_staged_since()
    {
        await using var node = await StartAsync();
        await ProgramRun.CmsAsync(node, "add", "net", "rule");
        var session = Directory.GetFiles(Path.Combine(node.RunDirectory, "sessions"), "net.staged", SearchOption.AllDirectories)[0];
        var staged = await File.ReadAllTextAsync(session, Token);
        await OkAsync(node, "net: revision 2, 1 change\n", "commit");

        // As a client leaves it that was killed between the daemon's answer and the removal of the session.
        await File.WriteAllTextAsync(session, staged + "sent\n", Token);
        await ProgramRun.CmsAsync(node, "add", "net", "host");
        await OkAsync(node, "net: revision 2, 1 change\nnet: revision 3, 1 change\n", "commit");
        Assert.Equal(["interface", "rule", "rule", "host"], (await node.Client.GetAsync("net", Token)).Sections.Select(section => section.Type));
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await node.StartAsync();
        return node;
    }

    private static async Task OkAsync(NodeProcess node, string expected, params string[] arguments) =>
        Assert.Equal((0, expected, ""), await ProgramRun.CmsAsync(node, arguments));

    private static Task<string> ReadAsync(NodeProcess node) => File.ReadAllTextAsync(node.FileOf("net"), Token);

    private static async Task CommitManyAsync(
        int count, Func<int, Task<(int ExitCode, string Output, string Error)>> stage, Func<Task<(int ExitCode, string Output, string Error)>> commit)
    {
        for (var index = 0; index < count; index++)
        {
            Assert.Equal((0, "", ""), await stage(index));
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while ((await commit()).ExitCode != 0)
            {
                await tick.WaitForNextTickAsync(Token);
            }
        }
    }

    private static async Task KillAsync(NodeProcess node, CancellationToken stop)
    {
        var random = new Random(7);
        while (!stop.IsCancellationRequested)
        {
            // The moment of death is meant to be random; there is no event to wait for.
            await Task.Delay(random.Next(50, 400), CancellationToken.None);
            await node.KillAsync();
            await node.StartAsync();
        }
    }
}
