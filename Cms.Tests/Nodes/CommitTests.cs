using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>What a real node answers to commits, good and bad.</summary>
public sealed class CommitTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n\nconfig rule\n\toption name 'one'\n\nconfig rule\n\toption name 'two'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_path_that_changed_since_is_a_conflict_and_anything_else_is_rebased()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, Set("lan", "mtu", "1400"));
        var stale = Set("lan", "mtu", "1300") with { Expected = 1 };
        var other = Set("lan", "metric", "5") with { Expected = 0 };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, other, stale));
        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        Assert.Equal(["lan.mtu"], refused.Refusal.Paths);
        Assert.Equal(2, (await node.Client.GetAsync("net", Token)).Revision);
        Assert.Equal(3, (await CommitAsync(node, other)).Revision);
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer_also_after_a_kill()
    {
        await using var node = await StartAsync();
        var request = new CommitRequest { Operations = [new WireOperation { Op = "add", Type = "rule", Key = "k" }], RequestId = "r1" };
        var first = await node.Client.CommitAsync("net", request, Token);
        var second = await node.Client.CommitAsync("net", request, Token);
        await node.KillAsync();
        await node.StartAsync();
        var third = await node.Client.CommitAsync("net", request, Token);
        Assert.False(first.Repeated);
        Assert.Equal((first.Revision, true), (second.Revision, second.Repeated));
        Assert.Equal((first.Revision, true), (third.Revision, third.Repeated));
        Assert.Equal(4, (await node.Client.GetAsync("net", Token)).Sections.Count);
    }

    [Fact]
    public async Task A_commit_is_all_or_nothing()
    {
        await using var node = await StartAsync();
        await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, Set("lan", "mtu", "1"), Set("nosuch", "x", "1")));
        var content = await node.Client.GetAsync("net", Token);
        Assert.Equal(1, content.Revision);
        Assert.Equal("1500", content.Sections[0].Options["mtu"].GetText());
    }

    [Fact]
    public async Task Typed_values_lists_and_any_bytes_come_back_as_they_went_in_also_after_a_cold_start()
    {
        await using var node = await StartAsync();
        ConfigValue[] values =
        [
            ConfigValue.FromInt(-5), ConfigValue.FromFloat(2.5), ConfigValue.FromBool(true), ConfigValue.FromTexts(["a", "", "b c"]),
            ConfigValue.FromBytes([0xff, 0xfe, 0x00, 0x27]), ConfigValue.FromText(""), ConfigValue.FromTexts([]),
        ];
        var operations = values.Select((value, index) => new WireOperation { Op = "set", Section = "lan", Option = $"o{index}", Value = value }).ToArray();
        await CommitAsync(node, operations);
        await AssertValuesAsync(node, values);
        await node.KillAsync();
        Directory.Delete(Path.Combine(node.RunDirectory, "segments"), recursive: true);
        await node.StartAsync();
        await AssertValuesAsync(node, values);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_with_the_bound_named()
    {
        await using var node = await StartAsync();
        var value = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, Set("lan", "big", new string('x', (1 << 20) + 1))));
        Assert.Equal(ErrorCode.TooLarge, value.Refusal.Code);
        Assert.Contains("1048576", value.Refusal.Message, StringComparison.Ordinal);
        var name = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, Set("lan", new string('x', 256), "1")));
        Assert.Equal(ErrorCode.TooLarge, name.Refusal.Code);
        await CommitAsync(node, Set("lan", new string('x', 255), new string('x', 1 << 20)));
    }

    [Fact]
    public async Task A_full_segment_refuses_the_commit_and_stays_readable_and_small_commits_still_fit()
    {
        await using var node = new NodeProcess();
        node.Set("--segment-bytes=1048576");
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await node.StartAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(async () =>
        {
            for (var index = 0; ; index++)
            {
                await CommitAsync(node, Set("lan", $"o{index}", new string('x', 50_000)));
            }
        });
        Assert.Equal(ErrorCode.SegmentFull, refused.Refusal.Code);
        Assert.Contains("segment_bytes", refused.Refusal.Message, StringComparison.Ordinal);
        Assert.Equal("1500", (await node.Client.GetAsync("net", Token)).Sections[0].Options["mtu"].GetText());
        await CommitAsync(node, Set("lan", "mtu", "1400"));
    }

    [Fact]
    public async Task What_all_modules_take_is_bounded_and_shown()
    {
        await using var node = new NodeProcess();
        node.Set("--segment-total-bytes=2097152");
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await File.WriteAllTextAsync(node.FileOf("other"), Text, Token);
        await node.StartAsync();
        await CommitAsync(node, Set("lan", "large", new string('x', 1_000_000)));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, Set("lan", "larger", new string('x', 1_000_000))));
        Assert.Equal(ErrorCode.SegmentFull, refused.Refusal.Code);
        Assert.Contains("segment_total_bytes", refused.Refusal.Message, StringComparison.Ordinal);
        await CommitAsync(node, Set("lan", "mtu", "1400"));
        var memory = await node.Client.MemoryAsync(null, Token);
        Assert.Equal(["net", "other"], memory.Modules.Select(module => module.Module));
        Assert.Equal(memory.AllocatedBytes, memory.Modules.Sum(module => module.AllocatedBytes));
        Assert.InRange(memory.AllocatedBytes, 1_000_000, memory.LimitBytes);
        var printed = await ProgramRun.CmsAsync(node, "memory", "net");
        Assert.Equal(0, printed.ExitCode);
        Assert.Contains("#", printed.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await ProgramRun.CmsAsync(node, "memory", "nomod")).ExitCode);
    }

    [Fact]
    public async Task A_caller_who_is_neither_root_nor_the_daemons_user_is_no_administrator()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to become somebody else");
        await using var node = await StartAsync();
        var start = new System.Diagnostics.ProcessStartInfo(
            "setpriv",
            ["--reuid=65534", "--clear-groups", "curl", "-s", "--unix-socket", Path.Combine(node.RunDirectory, "cmsd.sock"), "http://cms/api/v1/status"])
        {
            RedirectStandardOutput = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var answer = await process.StandardOutput.ReadToEndAsync(Token);
        Assert.Contains("uid:65534 is no administrator of this node", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_one_daemon_can_own_the_directories()
    {
        await using var node = await StartAsync();
        var start = new System.Diagnostics.ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "cmsd"),
            [$"--config-directory={node.ConfigDirectory}", $"--state-directory={node.StateDirectory}", $"--run-directory={node.RunDirectory}"])
        {
            RedirectStandardError = true,
        };
        using var second = System.Diagnostics.Process.Start(start)!;
        Assert.Contains("in use by another cmsd", await second.StandardError.ReadToEndAsync(Token), StringComparison.Ordinal);
        await second.WaitForExitAsync(Token);
        Assert.Equal(1, second.ExitCode);
        Assert.Equal(1, (await node.Client.GetAsync("net", Token)).Revision);
    }

    [Fact]
    public async Task Two_daemons_cannot_share_a_run_directory()
    {
        await using var node = await StartAsync();
        var start = new System.Diagnostics.ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "cmsd"),
            [$"--config-directory={node.Root}/other", $"--state-directory={node.Root}/otherstate", $"--run-directory={node.RunDirectory}"])
        {
            RedirectStandardError = true,
        };
        using var second = System.Diagnostics.Process.Start(start)!;
        Assert.Contains("in use by another cmsd", await second.StandardError.ReadToEndAsync(Token), StringComparison.Ordinal);
        await CommitAsync(node, Set("lan", "mtu", "1400"));
    }

    [Fact]
    public async Task A_misspelt_module_is_refused_and_leaves_nothing_behind()
    {
        await using var node = await StartAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            node.Client.CommitAsync("nett", new CommitRequest { Operations = [Set("lan", "mtu", "1")] }, Token));
        Assert.Equal(ErrorCode.NotFound, refused.Refusal.Code);
        Assert.Single((await node.Client.StatusAsync(Token)).Modules);
    }

    [Fact]
    public async Task An_empty_request_id_is_refused_since_every_request_would_repeat_it()
    {
        await using var node = await StartAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            node.Client.CommitAsync("net", new CommitRequest { Operations = [Set("lan", "mtu", "1")], RequestId = "" }, Token));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
    }

    [Fact]
    public async Task A_list_that_grows_element_by_element_in_one_commit_is_one_change()
    {
        await using var node = await StartAsync();
        var operations = Enumerable.Range(0, 2000).Select(index => new WireOperation { Op = "add_list", Section = "lan", Option = "l", Value = ConfigValue.FromText($"{index}") });
        var reply = await CommitAsync(node, [.. operations]);
        Assert.Equal(1, reply.Changes);
        Assert.Equal(2000, (await node.Client.GetAsync("net", Token)).Sections[0].Options["l"].Count);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await node.StartAsync();
        return node;
    }

    private static WireOperation Set(string section, string option, string value) =>
        new() { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> CommitAsync(NodeProcess node, params WireOperation[] operations) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = operations }, Token);

    private static async Task AssertValuesAsync(NodeProcess node, ConfigValue[] values)
    {
        var options = (await node.Client.GetAsync("net", Token)).Sections[0].Options;
        Assert.Equal(values, values.Select((_, index) => options[$"o{index}"]));
    }
}
