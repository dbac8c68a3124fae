using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>A daemon that keeps little history.</summary>
public sealed class RetentionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_commits_go_by_themselves_and_cold_starts_need_them_no_more()
    {
        await using var node = new NodeProcess();
        node.Set("--history-count=3");
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption x '0'\n", Token);
        await node.StartAsync();
        var round = 0;
        while ((await node.Client.HistoryAsync("net", 1000, Token)).Count == round + 1)
        {
            round++;
            await CommitAsync(node, Set("x", $"{round}"), Set("ballast", new string((char)('a' + (round % 26)), 700_000)));
            if (round % 3 == 0)
            {
                await node.KillAsync();
                File.Delete(Path.Combine(node.RunDirectory, "segments", "net.seg"));
                await node.StartAsync();
                Assert.Equal($"{round}", await ReadAsync(node));
            }

            Assert.InRange(round, 0, 100);
        }

        await node.KillAsync();
        File.Delete(Path.Combine(node.RunDirectory, "segments", "net.seg"));
        await node.StartAsync();
        Assert.Equal($"{round}", await ReadAsync(node));
        await CommitAsync(node, Set("x", "last"));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitsAsync("net", new CommitsQuery { After = 0 }, Token));
        Assert.Equal(ErrorCode.NotFound, refused.Refusal.Code);
        Assert.Contains("no longer kept", refused.Message, StringComparison.Ordinal);
        Assert.Equal("last", await ReadAsync(node));
        Assert.DoesNotContain("passed over", node.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_refuses_a_moment_that_one_of_its_modules_no_longer_tells()
    {
        await using var node = new NodeProcess();
        node.Set("--history-count=1");
        foreach (var module in new[] { "net", "other" })
        {
            await File.WriteAllTextAsync(node.FileOf(module), "config interface 'lan'\n\toption x '0'\n", Token);
        }

        await node.StartAsync();
        var moment = (await node.Client.HistoryAsync("other", 1, Token))[0].Time;
        for (var round = 1; (await node.Client.HistoryAsync("net", 1000, Token))[^1].Revision == 1; round++)
        {
            Assert.InRange(round, 1, 100);
            await CommitAsync(node, Set("x", $"{round}"), Set("ballast", new string((char)('a' + (round % 26)), 700_000)));
        }

        await node.Client.CreateBackupAsync(new BackupRequest { Name = "late" }, Token);
        var before = await ReadAsync(node);
        await node.Client.CommitAsync("other", new CommitRequest { Operations = [Set("x", "1")] }, Token);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.RestoreAsync("late", new RestoreRequest { At = moment }, Token));
        Assert.Equal(ErrorCode.NotFound, refused.Refusal.Code);
        Assert.Contains("'net'", refused.Message, StringComparison.Ordinal);
        Assert.Equal((before, "1"), (await ReadAsync(node), (await node.Client.GetAsync("other", Token)).Sections[0].Options["x"].GetText()));
        await node.Client.RestoreAsync("late", new RestoreRequest { At = moment, Module = "other" }, Token);
        Assert.Equal("0", (await node.Client.GetAsync("other", Token)).Sections[0].Options["x"].GetText());
    }

    private static async Task<string> ReadAsync(NodeProcess node) => (await node.Client.GetAsync("net", Token)).Sections[0].Options["x"].GetText();

    private static WireOperation Set(string option, string value) => new() { Op = "set", Section = "lan", Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> CommitAsync(NodeProcess node, params WireOperation[] operations) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = operations }, Token);
}
