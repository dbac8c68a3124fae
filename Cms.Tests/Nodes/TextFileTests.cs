using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>The text files of a real node: written behind commits, and taken in when somebody edits them.</summary>
public sealed class TextFileTests
{
    private const string Commented = "# the house\nconfig interface 'lan'\n\toption proto 'static' # by hand\n\toption mtu '1500'\n\nconfig rule\n\toption name 'one'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_that_waits_is_in_the_file_and_comments_stay()
    {
        await using var node = await StartAsync(Commented);
        var reply = await SetAsync(node, "lan", "mtu", "1400", wait: true);
        Assert.Equal(2, reply.Revision);
        Assert.Equal(Commented.Replace("'1500'", "'1400'", StringComparison.Ordinal), await ReadAsync(node));
    }

    [Fact]
    public async Task A_commit_that_does_not_wait_is_in_the_file_soon()
    {
        await using var node = await StartAsync(Commented);
        await SetAsync(node, "lan", "mtu", "1400");
        await Eventually.IsSoAsync(async () => (await ReadAsync(node)).Contains("'1400'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_edited_by_hand_is_taken_in_as_a_commit_of_its_own()
    {
        await using var node = await StartAsync(Commented);
        await File.WriteAllTextAsync(node.FileOf("net"), Commented.Replace("'static'", "'dhcp'", StringComparison.Ordinal), Token);
        await Eventually.IsSoAsync(async () => await ValueAsync(node, "lan", "proto") == "dhcp");
        var history = await node.Client.HistoryAsync("net", 10, Token);
        Assert.Equal("file", history[0].Principal);
        Assert.Equal(1, history[0].Changes);
    }

    [Fact]
    public async Task A_file_edited_while_the_daemon_was_down_is_taken_in_and_ids_stay()
    {
        await using var node = await StartAsync(Commented);
        var before = await node.Client.GetAsync("net", Token);
        await node.KillAsync();
        await File.WriteAllTextAsync(node.FileOf("net"), "config rule\n\toption name 'zero'\n\n" + Commented, Token);
        await node.StartAsync();
        var after = await node.Client.GetAsync("net", Token);
        Assert.Equal(["rule", "interface", "rule"], after.Sections.Select(section => section.Type));
        Assert.Equal(before.Sections.Select(section => section.Id), after.Sections.Skip(1).Select(section => section.Id));
    }

    [Fact]
    public async Task A_daemon_killed_before_it_wrote_writes_at_its_next_start()
    {
        await using var node = await StartAsync(Commented);
        for (var round = 0; round < 10; round++)
        {
            await SetAsync(node, "lan", "mtu", $"{1000 + round}");
            await node.KillAsync();
            await node.StartAsync();
            await Eventually.IsSoAsync(async () => (await ReadAsync(node)).Contains($"'{1000 + round}'", StringComparison.Ordinal));
            Assert.Contains("# by hand", await ReadAsync(node), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_hand_edit_and_a_commit_on_different_paths_both_survive_a_kill_between()
    {
        await using var node = await StartAsync(Commented, "--file-delay-ms=100");
        await SetAsync(node, "lan", "mtu", "1400");
        await node.KillAsync();
        var text = await ReadAsync(node);
        await File.WriteAllTextAsync(node.FileOf("net"), text.Replace("'static'", "'dhcp'", StringComparison.Ordinal), Token);
        await node.StartAsync();
        Assert.Equal("1400", await ValueAsync(node, "lan", "mtu"));
        Assert.Equal("dhcp", await ValueAsync(node, "lan", "proto"));
        await Eventually.IsSoAsync(async () => await ReadAsync(node) is var file && file.Contains("'1400'", StringComparison.Ordinal) && file.Contains("'dhcp'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hand_edit_and_a_commit_on_one_path_are_a_reported_conflict_and_both_texts_are_kept()
    {
        await using var node = await StartAsync(Commented, "--file-delay-ms=100");
        await SetAsync(node, "lan", "mtu", "1400");
        await node.KillAsync();

        // The file is as it was before the commit, but for the edit.
        var edited = Commented.Replace("'1500'", "'1300'", StringComparison.Ordinal);
        await File.WriteAllTextAsync(node.FileOf("net"), edited, Token);
        await node.StartAsync();
        var status = await node.Client.StatusAsync(Token);
        if (status.Conflicts.Count == 0)
        {
            // The commit had reached the file before the kill: then the edit came later and is no conflict.
            Assert.Equal("1300", await ValueAsync(node, "lan", "mtu"));
            return;
        }

        Assert.Equal(["net.lan.mtu"], status.Conflicts[0].Paths);
        Assert.Equal("1400", await ValueAsync(node, "lan", "mtu"));
        Assert.Equal(edited, await File.ReadAllTextAsync(status.Conflicts[0].KeptText, Token));
        await Eventually.IsSoAsync(async () => (await ReadAsync(node)).Contains("'1400'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_does_not_parse_changes_nothing_is_named_and_is_taken_in_once_mended()
    {
        await using var node = await StartAsync(Commented);
        await File.WriteAllTextAsync(node.FileOf("net"), Commented + "nonsense\n", Token);
        await Eventually.IsSoAsync(async () => (await ModuleAsync(node)).Problem is not null);
        var report = await ModuleAsync(node);
        Assert.Contains("line 8", report.Problem, StringComparison.Ordinal);
        Assert.Equal(1, report.Revision);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => SetAsync(node, "lan", "mtu", "1", wait: true));
        Assert.Equal(ErrorCode.FileUnreadable, refused.Refusal.Code);

        // Commits that do not need the file go on; the broken text is left for its author to mend.
        await SetAsync(node, "lan", "metric", "7");
        Assert.Equal(Commented + "nonsense\n", await ReadAsync(node));
        await File.WriteAllTextAsync(node.FileOf("net"), Commented + "config host\n", Token);
        await Eventually.IsSoAsync(async () => await ReadAsync(node) is var file && file.Contains("config host", StringComparison.Ordinal) && file.Contains("metric", StringComparison.Ordinal));
        Assert.Null((await ModuleAsync(node)).Problem);
    }

    [Fact]
    public async Task A_new_file_becomes_a_module_and_its_mode_is_kept_when_it_is_written()
    {
        await using var node = await StartAsync(Commented);
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        await File.WriteAllTextAsync(node.FileOf("fresh"), "config a 'b'\n", Token);
        File.SetUnixFileMode(node.FileOf("fresh"), Mode);
        await Eventually.IsSoAsync(async () => (await node.Client.StatusAsync(Token)).Modules.Any(module => module.Module == "fresh" && module.Revision == 1));
        await node.Client.CommitAsync("fresh", new CommitRequest { Operations = [Set("b", "x", "y")], WaitForFile = true }, Token);
        Assert.Equal("\nconfig a 'b'\n\toption x 'y'\n\n", await File.ReadAllTextAsync(node.FileOf("fresh"), Token));
        Assert.Equal(Mode, File.GetUnixFileMode(node.FileOf("fresh")));
    }

    [Fact]
    public async Task A_daemon_that_is_asked_to_stop_writes_first_and_its_directories_can_be_taken_over()
    {
        await using var node = await StartAsync(Commented);
        await SetAsync(node, "lan", "mtu", "1400");
        Assert.Equal(0, await node.StopAsync());
        Assert.Contains("'1400'", await ReadAsync(node), StringComparison.Ordinal);
        await node.StartAsync();
        Assert.Equal(2, (await ModuleAsync(node)).Revision);
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_taken_in_once_it_is_closed_also_when_a_commit_waits_for_it()
    {
        await using var node = await StartAsync(Commented);
        Task<CommitReply> commit;
        await using (var editor = new FileStream(node.FileOf("net"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            await editor.WriteAsync("config interface 'lan'\n\toption proto 'dhcp'\n"u8.ToArray(), Token);
            await editor.FlushAsync(Token);
            commit = SetAsync(node, "lan", "metric", "7", wait: true);

            // Long enough for a node that does not look whether the editor is done.
            await Task.WhenAny(commit, Task.Delay(TimeSpan.FromMilliseconds(500), Token));
            Assert.Equal(2, (await node.Client.GetAsync("net", Token)).Sections.Count);
            await editor.WriteAsync("\nconfig rule\n\toption name 'one'\n\nconfig rule\n\toption name 'late'\n"u8.ToArray(), Token);
        }

        await commit;
        await Eventually.IsSoAsync(async () => (await node.Client.GetAsync("net", Token)).Sections.Count == 3);
        Assert.Equal("dhcp", await ValueAsync(node, "lan", "proto"));
        await Eventually.IsSoAsync(async () => await ReadAsync(node) is var text && text.Contains("'late'", StringComparison.Ordinal) && text.Contains("metric '7'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_bad_file_twice_is_reported_twice_and_nobody_waits_for_it_without_an_end()
    {
        await using var node = await StartAsync(Commented);
        foreach (var text in new[] { "nonsense\n", Commented, "nonsense\n" })
        {
            await File.WriteAllTextAsync(node.FileOf("net"), text, Token);
            await Eventually.IsSoAsync(async () => (await ModuleAsync(node)).Problem is not null == (text != Commented));
        }

        var refused = await Assert.ThrowsAsync<RefusedException>(() => SetAsync(node, "lan", "mtu", "1", wait: true));
        Assert.Equal(ErrorCode.FileUnreadable, refused.Refusal.Code);
    }

    [Fact]
    public async Task A_file_that_was_removed_is_written_again()
    {
        await using var node = await StartAsync(Commented);
        File.Delete(node.FileOf("net"));
        await Eventually.IsSoAsync(() => Task.FromResult(File.Exists(node.FileOf("net"))));
        File.Delete(node.FileOf("net"));
        await SetAsync(node, "lan", "mtu", "1400", wait: true);
        Assert.Contains("'1400'", await ReadAsync(node), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_a_power_cut_left_without_a_byte_removes_nothing_and_is_written_again()
    {
        await using var node = await StartAsync(Commented);
        await SetAsync(node, "lan", "mtu", "1400", wait: true);
        await node.KillAsync();
        await File.WriteAllBytesAsync(node.FileOf("net"), [], Token);
        await node.StartAsync();
        Assert.Equal("1400", await ValueAsync(node, "lan", "mtu"));
        await Eventually.IsSoAsync(async () => (await ReadAsync(node)).Contains("'1400'", StringComparison.Ordinal));

        // While the daemon looks on, somebody who empties the file means it.
        await File.WriteAllBytesAsync(node.FileOf("net"), [], Token);
        await Eventually.IsSoAsync(async () => (await node.Client.GetAsync("net", Token)).Sections.Count == 0);
    }

    [Theory]
    [InlineData("mkfifo")]
    [InlineData("mkdir")]
    [InlineData("ln", "-s", "odd")]
    public async Task An_odd_thing_in_the_place_of_a_file_is_a_problem_of_its_module_alone(string command, params string[] arguments)
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Commented, Token);
        using (var make = System.Diagnostics.Process.Start(command, [.. arguments, node.FileOf("odd")]))
        {
            await make.WaitForExitAsync(Token);
        }

        await node.StartAsync();
        await SetAsync(node, "lan", "mtu", "1400", wait: true);
        var odd = (await node.Client.StatusAsync(Token)).Modules.SingleOrDefault(module => module.Module == "odd");
        Assert.True(odd is null or { State: "running", Problem: not null });
    }

    private static async Task<NodeProcess> StartAsync(string text, params string[] settings)
    {
        var node = new NodeProcess();
        settings.ToList().ForEach(node.Set);
        await File.WriteAllTextAsync(node.FileOf("net"), text, Token);
        await node.StartAsync();
        return node;
    }

    private static WireOperation Set(string section, string option, string value) =>
        new() { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> SetAsync(NodeProcess node, string section, string option, string value, bool wait = false) =>
        node.Client.CommitAsync("net", new CommitRequest { Operations = [Set(section, option, value)], WaitForFile = wait }, Token);

    private static async Task<string?> ValueAsync(NodeProcess node, string section, string option) =>
        (await node.Client.GetAsync("net", Token)).Sections.Single(each => each.Name == section).Options.GetValueOrDefault(option)?.GetText();

    private static async Task<ModuleReport> ModuleAsync(NodeProcess node) =>
        (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net");

    private static Task<string> ReadAsync(NodeProcess node) => File.ReadAllTextAsync(node.FileOf("net"), Encoding.UTF8, Token);
}
