using System.Globalization;
using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Journals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>An option becomes a secret when the module has a past: what was plain is sealed there too, whatever happens meanwhile.</summary>
public sealed class SecretHistoryTests
{
    private const string Plain = "correct-horse-battery";
    private const string Schema = "config module 'wireless'\n\toption version '1.0.0'\n\nconfig section 'iface'\n\nconfig field\n\toption section 'iface'\n\toption name 'key'\n\toption secret '1'\n";
    private const int Commits = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_snapshots_and_segment_have_no_plain_text_and_the_past_can_be_gone_back_to()
    {
        await using var node = await StartAsync();
        var ssid = new string('x', 1 << 18);
        for (var count = 0; count < 8; count++)
        {
            await SetAsync(node, "key", $"{Plain}-{count}");
            await SetAsync(node, "ssid", $"{ssid}{count}");
        }

        var journal = JournalOf(node);
        await Eventually.IsSoAsync(() => Count(journal, "snapshots WHERE is_last = 1") > 0);
        await RegisterAsync(node);
        await Eventually.IsSoAsync(() => Count(journal, "sealed_history") == 1);
        Assert.Equal(8, Count(journal, "audit WHERE kind = 'reseal' AND content IS NOT NULL"));
        Assert.Contains($"{Plain}-3", (await RevealAsync(node, revision: 8)).Options["key"].GetText(), StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "rollback", "wireless", "--to", "8")).ExitCode);
        Assert.Equal($"{Plain}-3\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
        await CheckAsync(node);
    }

    [Fact]
    public async Task A_kill_while_the_past_is_sealed_is_made_good_at_the_next_start()
    {
        await using var node = await StartAsync();
        for (var count = 0; count < Commits; count++)
        {
            await SetAsync(node, "key", string.Create(CultureInfo.InvariantCulture, $"{Plain}-{count}"));
        }

        var journal = JournalOf(node);
        await RegisterAsync(node);
        var kills = 0;
        for (var done = 1L; done <= Commits && Count(journal, "sealed_history") == 0; done = Count(journal, "audit WHERE kind = 'reseal'") + 20)
        {
            await Eventually.IsSoAsync(() => Count(journal, "audit WHERE kind = 'reseal'") >= done || Count(journal, "sealed_history") == 1);
            await node.KillAsync();
            kills++;
            await node.StartAsync();
        }

        Assert.True(kills > 0);
        await Eventually.IsSoAsync(() => Count(journal, "sealed_history") == 1);
        Assert.Equal($"{Plain}-0", (await RevealAsync(node, revision: 2)).Options["key"].GetText());
        await CheckAsync(node);
    }

    [Fact]
    public async Task A_version_that_comes_a_second_time_has_what_was_plain_meanwhile_sealed()
    {
        await using var node = await StartAsync();
        var journal = JournalOf(node);
        await RegisterAsync(node);
        await Eventually.IsSoAsync(() => Count(journal, "sealed_history") == 1);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "rollback", "wireless", "--to", "1")).ExitCode);
        await SetAsync(node, "key", Plain);
        await RegisterAsync(node);
        await Eventually.IsSoAsync(() => Count(journal, "audit WHERE kind = 'reseal'") == 1 && Count(journal, "sealed_history") == 1);
        await CheckAsync(node);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        node.Set("--segment-bytes=16777216");
        await File.WriteAllTextAsync(node.FileOf("wireless"), "\nconfig iface 'home'\n\toption ssid 'x'\n", Token);
        await node.StartAsync();
        return node;
    }

    private static Task<CommitReply> RegisterAsync(NodeProcess node) => node.Client.RegisterSchemaAsync("wireless", Encoding.UTF8.GetBytes(Schema), null, Token);

    private static Task<CommitReply> SetAsync(NodeProcess node, string option, string value) => node.Client.CommitAsync(
        "wireless", new CommitRequest { Operations = [new WireOperation { Op = "set", Section = "home", Option = option, Value = ConfigValue.FromText(value) }] }, Token);

    private static async Task<SectionReport> RevealAsync(NodeProcess node, long revision) => (await node.Client.RevealAsync("wireless", revision, Token)).Sections.Single();

    private static JournalSql JournalOf(NodeProcess node) => new(Path.Combine(node.StateDirectory, "journal.db"));

    private static long Count(JournalSql journal, string rows) => (long)journal.Scalar($"SELECT COUNT(*) FROM {rows}")!;

    // The text file is written behind the commits, so all of the node is looked at once it has stopped.
    private static async Task CheckAsync(NodeProcess node)
    {
        Assert.Equal(0, await node.StopAsync());
        var (code, output) = await node.RunDaemonAsync("check");
        Assert.True(code == 0, output);
        foreach (var path in new[] { node.Root, node.RunDirectory }.Distinct().SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)))
        {
            Assert.True((await File.ReadAllBytesAsync(path, Token)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Plain)) < 0, $"{path} has the plain text");
        }
    }
}
