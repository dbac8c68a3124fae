using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Tests.Journals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Replacing and destroying the keys of secrets on a real node, also while it is killed.</summary>
public sealed class SecretKeyTests
{
    private const string Plain = "correct-horse-battery";
    private const string Schema = "config module 'wireless'\n\toption version '1.0.0'\n\nconfig field\n\toption name 'key'\n\toption secret '1'\n";
    private const int Sections = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_data_key_seals_what_is_there_and_the_old_one_stays_for_the_history()
    {
        await using var node = await StartAsync();
        var before = await node.Client.GetAsync("wireless", Token);
        Assert.Single(Keys(node));
        var reply = await node.Client.Secrets.RotateAsync("wireless", Token);
        Assert.Equal(Sections, reply.Changes);
        Assert.Equal(2, Keys(node).Count);
        await AssertReadableAsync(node, reply.Revision);
        await AssertReadableAsync(node, before.Revision);
        await Eventually.IsSoAsync(async () => (await KeysInFileAsync(node)).SequenceEqual([Keys(node)[^1].Id]));
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "secret", "rotate")).ExitCode);
        Assert.Equal(3, Keys(node).Count);
    }

    [Fact]
    public async Task Destroyed_keys_take_the_secrets_of_the_history_and_nothing_else()
    {
        await using var node = await StartAsync();
        var before = await node.Client.GetAsync("wireless", Token);
        await SetAsync(node, "s0", "another-secret");
        var shredded = await ProgramRun.CmsAsync(node, "secret", "shred", "wireless");
        Assert.True(shredded.ExitCode == 0, shredded.Error);
        Assert.Single(Keys(node));
        Assert.Equal("another-secret\n", (await ProgramRun.CmsAsync(node, "get", "wireless.s0.key", "--reveal")).Output);
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.s1.key", "--reveal")).Output);
        var past = await node.Client.RevealAsync("wireless", before.Revision, Token);
        Assert.All(past.Sections, section => Assert.Equal("(secret)", section.Options["key"].GetText()));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.RollbackAsync("wireless", new RollbackRequest { To = before.Revision }, Token));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
        await node.KillAsync();
        node.ForgetSegments();
        await node.StartAsync();
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.s1.key", "--reveal")).Output);
    }

    [Fact]
    public async Task A_new_master_key_wraps_all_data_keys_and_only_it_does()
    {
        await using var node = await StartAsync();
        var master = Path.Combine(node.StateDirectory, "master.key");
        var (old, wrappedBefore) = (await File.ReadAllTextAsync(master, Token), Keys(node));
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "secret", "rotate-master")).ExitCode);
        Assert.NotEqual(old, await File.ReadAllTextAsync(master, Token));
        Assert.Equal(wrappedBefore.Select(key => key.Id), Keys(node).Select(key => key.Id));
        Assert.NotEqual(wrappedBefore[0].Master, Keys(node)[0].Master);
        await SetAsync(node, "s0", "another-secret");
        await node.StopAsync();
        await node.StartAsync();
        Assert.Equal("another-secret\n", (await ProgramRun.CmsAsync(node, "get", "wireless.s0.key", "--reveal")).Output);
        await node.StopAsync();
        await File.WriteAllTextAsync(master, old, Token);
        await node.StartAsync();
        Assert.Equal("(secret)\n", (await ProgramRun.CmsAsync(node, "get", "wireless.s0.key", "--reveal")).Output);
    }

    [Fact]
    public async Task A_master_key_comes_from_a_command_or_is_refused_when_others_may_read_it()
    {
        await using var node = await StartAsync();
        await node.StopAsync();
        var master = Path.Combine(node.StateDirectory, "master.key");
        File.SetUnixFileMode(master, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await node.StartAsync();
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<RefusedException>(() => SetAsync(node, "s0", "another-secret"))).Refusal.Code);
        await node.StopAsync();
        node.Set($"--master-key=command:cat '{master}'");
        await node.StartAsync();
        await SetAsync(node, "s0", "another-secret");
        Assert.Equal(ErrorCode.InvalidArgument, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.Secrets.RotateMasterAsync(Token))).Refusal.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task A_kill_while_keys_are_replaced_is_made_good(int milliseconds)
    {
        await using var node = await StartAsync();
        foreach (var rotate in new Func<Task>[] { () => node.Client.Secrets.RotateAsync("wireless", Token), () => node.Client.Secrets.RotateMasterAsync(Token) })
        {
            var rotating = rotate();
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, Token);
            await node.KillAsync();
            _ = await Record.ExceptionAsync(() => rotating);
            await node.StartAsync();
            Assert.False(File.Exists(Path.Combine(node.StateDirectory, "master.key.next")));
            var now = await node.Client.GetAsync("wireless", Token);
            await AssertReadableAsync(node, now.Revision);
            await Eventually.IsSoAsync(async () => (await KeysInFileAsync(node)).SequenceEqual([Keys(node)[^1].Id]));
        }
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("wireless"), string.Concat(Enumerable.Range(0, Sections).Select(number => $"\nconfig iface 's{number}'\n\toption key '{Plain}'\n")), Token);
        await node.StartAsync();
        await node.Client.RegisterSchemaAsync("wireless", Encoding.UTF8.GetBytes(Schema), null, Token);
        return node;
    }

    private static Task<CommitReply> SetAsync(NodeProcess node, string section, string value) => node.Client.CommitAsync(
        "wireless", new CommitRequest { Operations = [new WireOperation { Op = "set", Section = section, Option = "key", Value = ConfigValue.FromText(value) }] }, Token);

    private static async Task AssertReadableAsync(NodeProcess node, long revision)
    {
        var shown = await node.Client.RevealAsync("wireless", revision, Token);
        Assert.Equal(Sections, shown.Sections.Count);
        Assert.All(shown.Sections, section => Assert.Equal(Plain, section.Options["key"].GetText()));
    }

    private static async Task<IEnumerable<string>> KeysInFileAsync(NodeProcess node) =>
        (await File.ReadAllLinesAsync(node.FileOf("wireless"), Token)).Where(line => line.Contains("cms-sealed:1:", StringComparison.Ordinal)).Select(line => line.Split(':')[2]).Distinct();

    private static List<(string Id, string Master)> Keys(NodeProcess node)
    {
        var journal = new JournalSql(Path.Combine(node.StateDirectory, "journal.db"));
        var keys = (string?)journal.Scalar("SELECT group_concat(id || ' ' || master, ',') FROM (SELECT id, master FROM data_keys ORDER BY version)");
        return [.. (keys ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(key => key.Split(' ')).Select(parts => (parts[0], parts[1]))];
    }
}
