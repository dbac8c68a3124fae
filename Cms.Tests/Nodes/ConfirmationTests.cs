using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Commits that a real node rolls back unless they are confirmed.</summary>
public sealed class ConfirmationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_that_nobody_confirms_goes_back_by_itself_and_the_text_file_with_it()
    {
        await using var node = await StartAsync();
        await CmsAsync(node, "set", "net.lan.mtu=1400");
        var committed = await CmsAsync(node, "commit", "--confirm", "1", "--wait");
        Assert.Matches("^net: revision 2, 1 change; it is rolled back in 1 s unless you confirm it: cms confirm [0-9a-f]{12}\n$", committed.Output);
        var id = committed.Output.TrimEnd().Split(' ')[^1];
        await EndedAsync(node, id, "rolled-back");
        Assert.Equal("1500\n", (await CmsAsync(node, "get", "net.lan.mtu")).Output);
        Assert.Equal("as at first", await FileMtuAsync(node));
        Assert.Contains($"confirmation {id}", (await CmsAsync(node, "status")).Output, StringComparison.Ordinal);
        Assert.Contains("net revision 3: roll back revision 2, which uid:", (await CmsAsync(node, "confirmations")).Output, StringComparison.Ordinal);
        Assert.Matches("^ +3  .*Z  confirm +confirm +1 change  roll back revision 2", (await CmsAsync(node, "history", "net.lan.mtu", "-n", "1")).Output);
        var late = await CmsAsync(node, "confirm", id);
        Assert.Equal(5, late.ExitCode);
        Assert.Contains("came too late", late.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confirmed_commit_stands_over_kills_and_restarts()
    {
        await using var node = await StartAsync();
        await CmsAsync(node, "set", "net.lan.mtu=1400");
        await CmsAsync(node, "commit", "--confirm", "600");
        Assert.Matches("s left +net revision 2\n$", (await CmsAsync(node, "confirmations")).Output);
        await node.KillAsync();
        await node.StartAsync();
        Assert.Matches("^[0-9a-f]{12} waits 900 s from now: net revision 2\n$", (await CmsAsync(node, "extend", "900")).Output);
        var open = Assert.Single(await node.Client.ConfirmationsAsync(Token));
        Assert.InRange(open.RemainingSeconds!.Value, 600, 900);
        Assert.Equal($"{open.Id} is confirmed: net revision 2\n", (await CmsAsync(node, "confirm")).Output);
        await node.KillAsync();
        await node.StartAsync();
        Assert.Equal("confirmed", Assert.Single(await node.Client.ConfirmationsAsync(Token)).State);
        Assert.Equal("1400\n", (await CmsAsync(node, "get", "net.lan.mtu")).Output);
        Assert.Equal(0, (await CmsAsync(node, "confirm", open.Id)).ExitCode);
        Assert.Equal(3, (await CmsAsync(node, "confirm")).ExitCode);
    }

    [Fact]
    public async Task What_ran_out_while_the_daemon_was_dead_is_rolled_back_when_it_starts()
    {
        await using var node = await StartAsync();
        var reply = await CommitAsync(node, "1400", new() { Seconds = 1 });
        await node.KillAsync();
        var start = Cms.Formats.Mapping.BootClock.Instance.Now;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Cms.Formats.Mapping.BootClock.Instance.Now - start < TimeSpan.FromSeconds(1))
        {
            await tick.WaitForNextTickAsync(Token);
        }

        await node.StartAsync();
        await EndedAsync(node, reply.Confirmation!, "rolled-back");
        Assert.Equal("1500", await MtuAsync(node));
    }

    [Fact]
    public async Task Kills_around_the_end_leave_one_roll_back()
    {
        await using var node = await StartAsync();
        var random = new Random(1);
        for (var round = 0; round < 5; round++)
        {
            var reply = await CommitAsync(node, "1400", new() { Seconds = 1 });
            var rollBack = node.Client.WatchAsync(new() { Patterns = ["net"], Since = reply.Revision.ToString(CultureInfo.InvariantCulture) }, Token);
            await using (var lines = rollBack.GetAsyncEnumerator(Token))
            {
                while (await lines.MoveNextAsync() && lines.Current.Kind != WatchLine.Commit)
                {
                    // The commit that is waited for is the roll-back.
                }
            }

            // The confirmation is ended just after this; a spin of some microseconds lands before, in and behind it.
            Thread.SpinWait(random.Next(20_000));
            await node.KillAsync();
            await node.StartAsync();
            await EndedAsync(node, reply.Confirmation!, "rolled-back");
            Assert.Equal("1500", await MtuAsync(node));
            Assert.Equal(reply.Revision + 1, (await node.Client.GetAsync("net", Token)).Revision);
        }
    }

    [Fact]
    public async Task A_probe_that_succeeds_confirms_and_one_that_does_not_lets_it_go_back()
    {
        await using var node = await StartAsync();
        var flag = Path.Combine(node.Root, "flag");
        var good = await CommitAsync(node, "1400", new() { Seconds = 600, Probe = $"test -f {flag}" });
        Assert.Equal("open", (await node.Client.ConfirmationsAsync(Token))[0].State);
        await File.WriteAllTextAsync(flag, "", Token);
        Assert.Equal("confirmed by its probe", (await EndedAsync(node, good.Confirmation!, "confirmed")).Result);
        var unix = await CommitAsync(node, "1390", new() { Seconds = 600, Probe = "unix:/nowhere.sock:/status" });
        Assert.Equal(0, (await CmsAsync(node, "confirm", unix.Confirmation!)).ExitCode);
        var served = await CommitAsync(node, "1380", new() { Seconds = 600, Probe = $"unix:{node.RunDirectory}/cmsd.sock:/api/v1/status" });
        await EndedAsync(node, served.Confirmation!, "confirmed");
        foreach (var probe in new[] { "false", "sleep 1000", "http://127.0.0.1:1/", $"unix:{node.RunDirectory}/cmsd.sock:/none" })
        {
            var bad = await CommitAsync(node, "1300", new() { Seconds = 1, Probe = probe });
            await EndedAsync(node, bad.Confirmation!, "rolled-back");
            Assert.Equal("1380", await MtuAsync(node));
        }
    }

    [Fact]
    public async Task A_probe_goes_on_after_a_restart()
    {
        await using var node = await StartAsync();
        var flag = Path.Combine(node.Root, "flag");
        var reply = await CommitAsync(node, "1400", new() { Seconds = 600, Probe = $"test -f {flag}" });
        await node.KillAsync();
        await File.WriteAllTextAsync(flag, "", Token);
        await node.StartAsync();
        await EndedAsync(node, reply.Confirmation!, "confirmed");
    }

    [Fact]
    public async Task A_transaction_goes_back_in_all_its_modules()
    {
        await using var node = await StartAsync();
        var transaction = (await CmsAsync(node, "begin")).Output.TrimEnd();
        await CmsAsync(node, "--transaction", transaction, "set", "net.lan.mtu=1");
        await CmsAsync(node, "--transaction", transaction, "set", "other.lan.mtu=2");
        var committed = await CmsAsync(node, "--transaction", transaction, "commit", "--confirm", "1");
        Assert.Equal((0, ""), (committed.ExitCode, committed.Error));
        var id = committed.Output.TrimEnd().Split(' ')[^1];
        var info = await EndedAsync(node, id, "rolled-back");
        Assert.Equal(["net", "other"], info.Commits.Select(commit => commit.Module));
        Assert.Equal("1500\n1500\n", (await CmsAsync(node, "get", "net.lan.mtu")).Output + (await CmsAsync(node, "get", "other.lan.mtu")).Output);
    }

    [Fact]
    public async Task A_repeated_commit_names_the_confirmation_that_it_opened()
    {
        await using var node = await StartAsync();
        var request = new CommitRequest { Operations = [Set("1400")], RequestId = "r", Confirm = new() { Seconds = 600 } };
        var first = await node.Client.CommitAsync("net", request, Token);
        var second = await node.Client.CommitAsync("net", request, Token);
        Assert.Equal((first.Confirmation, true), (second.Confirmation, second.Repeated));
        Assert.Single(await node.Client.ConfirmationsAsync(Token));
        Assert.Null((await node.Client.CommitAsync("net", request with { RequestId = "other" }, Token)).Confirmation);
    }

    [Theory]
    [InlineData(2, "0 seconds are not legal", "commit", "--confirm", "0")]
    [InlineData(2, "say how long with --confirm", "commit", "--probe", "true")]
    [InlineData(2, "the probe 'http://a b' is no URL", "commit", "--confirm", "5", "--probe", "http://a b")]
    [InlineData(2, "lacks the path", "commit", "--confirm", "5", "--probe", "unix:/x")]
    [InlineData(3, "no commit waits for a confirmation", "confirm")]
    [InlineData(3, "there is no confirmation 'none'", "extend", "none", "5")]
    [InlineData(2, "'x' is no number of seconds", "extend", "x")]
    public async Task What_makes_no_sense_is_refused_and_nothing_is_committed(int exitCode, string message, params string[] arguments)
    {
        await using var node = await StartAsync();
        await CmsAsync(node, "set", "net.lan.mtu=1400");
        var result = await CmsAsync(node, arguments);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await node.Client.GetAsync("net", Token)).Revision);
    }

    [Fact]
    public async Task Several_staged_modules_are_not_one_confirmation()
    {
        await using var node = await StartAsync();
        await CmsAsync(node, "set", "net.lan.mtu=1400");
        await CmsAsync(node, "set", "other.lan.mtu=1400");
        var refused = await CmsAsync(node, "commit", "--confirm", "60");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("net, other are staged", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CmsAsync(node, "commit", "net", "--confirm", "60")).ExitCode);
    }

    private static async Task<ConfirmationInfo> EndedAsync(NodeProcess node, string id, string state)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var info = (await node.Client.ConfirmationsAsync(Token)).Single(each => each.Id == id);
            if (info.State != "open")
            {
                Assert.Equal(state, info.State);
                return info;
            }

            await tick.WaitForNextTickAsync(Token);
        }
    }

    private static async Task<string> FileMtuAsync(NodeProcess node)
    {
        // The file follows within its delay; one that waits for it comes behind the roll-back's.
        await node.Client.CommitAsync("net", new() { Operations = [new() { Op = "set", Section = "lan", Option = "note", Value = ConfigValue.FromText("x") }], WaitForFile = true }, Token);
        return (await File.ReadAllTextAsync(node.FileOf("net"), Token)).Contains("option mtu '1500'", StringComparison.Ordinal) ? "as at first" : "changed";
    }

    private static async Task<string> MtuAsync(NodeProcess node) => (await node.Client.GetAsync("net", Token)).Sections[0].Options["mtu"].GetText();

    private static WireOperation Set(string mtu) => new() { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText(mtu) };

    private static Task<CommitReply> CommitAsync(NodeProcess node, string mtu, ConfirmRequest confirm) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = [Set(mtu)], Confirm = confirm }, Token);

    private static Task<(int ExitCode, string Output, string Error)> CmsAsync(NodeProcess node, params string[] arguments) => ProgramRun.CmsAsync(node, arguments);

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        foreach (var module in new[] { "net", "other" })
        {
            await File.WriteAllTextAsync(node.FileOf(module), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        }

        await node.StartAsync();
        return node;
    }
}
