using Cms.Formats.Refusals;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>Disks that cannot be written, at the start of the daemon and under it.</summary>
public sealed class FailingDiskTests
{
    private const int ReadOnly = 30;
    private const int NoSpace = 28;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("config", false)]
    [InlineData("state", false)]
    [InlineData("", true)]
    public async Task A_daemon_that_cannot_write_a_directory_says_which_and_does_not_start(string path, bool isRunDirectory)
    {
        await using var node = new FaultyNode(isRunDirectory);
        Directory.CreateDirectory(node.Process.StateDirectory);
        node.Control.Fail(ReadOnly, path);
        await node.Process.LaunchAsync();
        await node.Process.WaitForExitAsync(Token);
        var directory = isRunDirectory ? node.Process.RunDirectory : Path.Combine(node.Process.Root, path);
        Assert.Contains(directory, node.Process.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Read-only file system", node.Process.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Process.Output.ToString(), StringComparison.Ordinal);

        node.Control.Fail(0, "");
        await node.Process.StartAsync();
        Assert.Equal("1500", await node.ValueAsync());
    }

    [Theory]
    [InlineData(ReadOnly)]
    [InlineData(NoSpace)]
    public async Task Commits_go_on_while_the_text_file_cannot_be_written_and_it_is_written_later(int error)
    {
        await using var node = new FaultyNode();
        await node.Process.StartAsync();
        node.Control.Fail(error, "config");
        Assert.NotNull((await node.SetAsync("1400", wait: true)).Warning);
        Assert.Null((await node.SetAsync("1401")).Warning);
        Assert.Equal("1401", await node.ValueAsync());
        Assert.Equal(FaultyNode.Text, await node.ReadAsync());
        Assert.NotNull((await node.ReportAsync()).Problem);

        node.Control.Fail(0, "");
        await Eventually.IsSoAsync(async () => (await node.ReadAsync()).Contains("'1401'", StringComparison.Ordinal));
        await Eventually.IsSoAsync(async () => (await node.ReportAsync()).Problem is null);
        Assert.Empty(Directory.GetFiles(node.Process.ConfigDirectory, ".*.uci-*"));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_refuses_and_a_request_repeated_later_is_carried_out_once()
    {
        await using var node = new FaultyNode();
        await node.Process.StartAsync();
        await node.SetAsync("1400");
        node.Control.Fail(ReadOnly, "state");
        await Assert.ThrowsAsync<RefusedException>(() => node.SetAsync("1401", requestId: "again"));

        node.Control.Fail(0, "");
        await Eventually.IsSoAsync(() => TrySetAsync(node, "1401", "again"));
        Assert.Equal("1401", await node.ValueAsync());
        Assert.Single(await node.Process.Client.HistoryAsync("net", 100, Token), entry => entry.Message == "1401");

        await node.Process.KillAsync();
        await node.Process.StartAsync();
        Assert.Equal("1401", await node.ValueAsync());
    }

    [Fact]
    public async Task A_configuration_directory_that_was_removed_is_made_and_watched_again()
    {
        await using var node = new FaultyNode();
        await node.Process.StartAsync();
        Directory.Delete(node.Process.ConfigDirectory, recursive: true);
        await node.SetAsync("1400");
        Assert.Equal("1400", await node.ValueAsync());

        Directory.CreateDirectory(node.Process.ConfigDirectory);
        await Eventually.IsSoAsync(() => Task.FromResult(File.Exists(node.Process.FileOf("net"))));
        await Eventually.IsSoAsync(async () => (await node.ReadAsync()).Contains("'1400'", StringComparison.Ordinal));
        await File.WriteAllTextAsync(node.Process.FileOf("net"), FaultyNode.Text.Replace("1500", "1300", StringComparison.Ordinal), Token);
        await Eventually.IsSoAsync(async () => await node.ValueAsync() == "1300");
    }

    private static async Task<bool> TrySetAsync(FaultyNode node, string value, string requestId)
    {
        try
        {
            await node.SetAsync(value, requestId: requestId);
            return true;
        }
        catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
        {
            return false;
        }
    }
}
