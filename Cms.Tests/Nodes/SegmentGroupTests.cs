using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Tests.Libcms;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Segments that the members of one Unix group read by themselves, tried by processes of other users.</summary>
public sealed class SegmentGroupTests
{
    private const int Member = 61021;
    private const int Stranger = 61022;
    private const uint Group = 61721;
    private const uint OtherGroup = 61722;
    private const string Denied = "8 the caller may not do this\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_read_without_the_daemon_and_others_are_sent_to_it()
    {
        await using var node = await StartAsync();
        Assert.Equal("600", AccessOf(node));
        await ImportAsync(node, "access", Allow + Share(Group));
        Assert.Equal($"640 {Group}", AccessOf(node));
        Assert.Equal((0, "before\n"), await GetAsync(node, Member, Group));

        // Nothing stands in for the daemon, so whoever reads does so by himself.
        await node.FreezeAsync();
        Assert.Equal((0, "before\n"), await GetAsync(node, Member, Group));
        await node.KillAsync();
        Assert.Equal((0, "before\n"), await GetAsync(node, Member, Group));
        var (exitCode, output) = await GetAsync(node, Stranger, OtherGroup);
        Assert.Equal((ErrorCodes.Of(ErrorCode.Unavailable).ExitCode, ""), (exitCode, output));
        Assert.Contains("Permission denied", await ShellAsync(node, Stranger, OtherGroup, "cat \"$SEGMENT\" 2>&1"), StringComparison.Ordinal);
        Assert.Contains("Permission denied", await ShellAsync(node, Member, Group, "echo x 2>&1 >> \"$SEGMENT\"; touch \"$SEGMENT.next\" 2>&1; ls \"${SEGMENT%/*}\" 2>&1"), StringComparison.Ordinal);

        await node.StartAsync();
        Assert.Equal($"640 {Group}", AccessOf(node));
        await node.KillAsync();
        node.ForgetSegments();
        await node.StartAsync();
        Assert.Equal($"640 {Group}", AccessOf(node));
        Assert.Null(await ProblemAsync(node));
    }

    [Fact]
    public async Task The_daemon_shows_to_others_what_the_rules_let_them_read()
    {
        await using var node = await StartAsync();
        await ImportAsync(node, "access", Allow + Share(Group) + Rule("allow", "net.lan", $"uid:{Stranger}"));
        Assert.Equal((0, "before\n"), await GetAsync(node, Stranger, OtherGroup));
        Assert.Equal("net\n", await ShellAsync(node, Stranger, OtherGroup, "\"$CMS\" list"));
        await ImportAsync(node, "access", Allow + Share(Group));
        Assert.Equal((ErrorCodes.Of(ErrorCode.NotFound).ExitCode, ""), await GetAsync(node, Stranger, OtherGroup));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rule")]
    [InlineData("setting")]
    [InlineData("deny")]
    [InlineData("secret")]
    [InlineData("group")]
    public async Task Who_may_no_longer_read_keeps_only_the_past(string change)
    {
        await using var node = await StartAsync();
        await ImportAsync(node, "access", Allow + Share(Group));
        using var member = Start(node, Member, Group, "exec 3< \"$SEGMENT\"; echo opened; read go; head -c 1048576 <&3; head -c 1 \"$SEGMENT\" > /dev/null 2>&1 && echo reopened");
        Assert.Equal("opened", await member.StandardOutput.ReadLineAsync(Token));
        switch (change)
        {
            case "rule":
                await ImportAsync(node, "access", Share(Group));
                break;
            case "setting":
                await ImportAsync(node, "access", Allow);
                break;
            case "deny":
                await ImportAsync(node, "access", Rule("deny", "*.*.password", "*") + Allow + Share(Group));
                break;
            case "group":
                await ImportAsync(node, "access", Allow + Rule("allow", "net", $"group:{OtherGroup}") + Share(OtherGroup));
                break;
            case "secret":
                await node.Client.RegisterSchemaAsync("net", Encoding.UTF8.GetBytes("config module 'net'\n\nconfig field 'key'\n\toption secret '1'\n"), null, Token);
                break;
            default:
                break;
        }

        // The answer to the change has come, so there is nothing to wait for.
        await SetAsync(node, "after");
        await member.StandardInput.WriteLineAsync("go");
        var seen = await member.StandardOutput.ReadToEndAsync(Token);
        Assert.Contains("before", seen, StringComparison.Ordinal);
        Assert.Equal(change.Length == 0, seen.Contains("after", StringComparison.Ordinal));
        Assert.Equal(change.Length == 0, seen.Contains("reopened", StringComparison.Ordinal));
        Assert.Equal(change switch { "" => $"640 {Group}", "group" => $"640 {OtherGroup}", _ => "600" }, AccessOf(node));
        Assert.Equal(change is "rule" or "deny" or "secret", await ProblemAsync(node) is { } problem && problem.Contains($"group '{Group}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_in_C_that_has_the_segment_mapped_is_told_to_ask_the_daemon()
    {
        await using var node = await StartAsync();
        await ImportAsync(node, "access", Allow + Share(Group));
        var probe = $"exec {NativeProgram.Fast("probe")} \"$SEGMENT\"";
        var get = "get " + ProbeProcess.Hex("lan.mtu"u8);
        Assert.Equal(Denied, await ShellAsync(node, Stranger, OtherGroup, probe));
        using var member = Start(node, Member, Group, probe);
        Assert.Equal("0 done", await member.StandardOutput.ReadLineAsync(Token));
        await member.StandardInput.WriteLineAsync(get);
        Assert.StartsWith($"string 0 {ProbeProcess.Hex("before"u8)} ", await member.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
        await ImportAsync(node, "access", Allow);
        await SetAsync(node, "after");
        await member.StandardInput.WriteLineAsync(get);
        Assert.StartsWith($"string {(int)ErrorCode.Denied} - ", await member.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
        member.StandardInput.Close();
        await member.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task A_file_that_grows_keeps_its_group_and_what_cannot_be_shared_says_why()
    {
        await using var node = await StartAsync();
        await ImportAsync(node, "access", Allow + Share(Group));
        var first = FileStatus.TryOf(SegmentOf(node))!.Value.Inode;
        await ImportAsync(node, "net", string.Concat(Enumerable.Range(0, 5000).Select(index => $"config interface 'i{index}'\n\toption mtu '{index}'\n")));
        Assert.NotEqual(first, FileStatus.TryOf(SegmentOf(node))!.Value.Inode);
        Assert.Equal($"640 {Group}", AccessOf(node));
        foreach (var (rules, why) in new[]
        {
            (Allow.Replace("list path", "list address 'local'\n\tlist path", StringComparison.Ordinal) + Share(Group), "no rule allows"),
            (Allow.Replace("list path", "list time '00:00-24:00'\n\tlist path", StringComparison.Ordinal) + Share(Group), "no rule allows"),
            (Allow.Replace("'net'", "'net.lan'", StringComparison.Ordinal) + Share(Group), "no rule allows"),
            (Rule("deny", "net.lan.key", $"uid:{Stranger}") + Allow + Share(Group), "@rule[0] denies"),
            (Rule("allow", "net", "*") + Share(Group).Replace(Group.ToString(CultureInfo.InvariantCulture), "nosuchgroup", StringComparison.Ordinal), "no group 'nosuchgroup'"),
        })
        {
            await ImportAsync(node, "access", rules);
            Assert.Equal("600", AccessOf(node));
            Assert.Contains(why, await ProblemAsync(node), StringComparison.Ordinal);
        }

        await ImportAsync(node, "access", $"config role 'staff'\n\tlist member 'group:{Group}'\n" + Rule("allow", "*", "role:staff") + Rule("deny", "net", "*") + Share(Group));
        Assert.Equal($"640 {Group}", AccessOf(node));
        Assert.Null(await ProblemAsync(node));
        await Assert.ThrowsAsync<RefusedException>(() => ImportAsync(node, "access", Allow + Share(Group).Replace("'net'", "'access'", StringComparison.Ordinal)));
    }

    private static string Allow => Rule("allow", "net", $"group:{Group}");

    private static string Rule(string effect, string path, string principal) =>
        $"config rule\n\toption effect '{effect}'\n\tlist action 'read'\n\tlist principal '{principal}'\n\tlist path '{path}'\n";

    private static string Share(uint group) => $"config segment\n\toption module 'net'\n\toption group '{group}'\n";

    private static string SegmentOf(NodeProcess node) => Path.Combine(node.RunDirectory, "segments", "net.seg");

    private static string AccessOf(NodeProcess node)
    {
        var status = FileStatus.TryOf(SegmentOf(node))!.Value;
        var bits = Convert.ToString(status.Permissions, 8);
        return bits == "600" ? bits : $"{bits} {status.Group}";
    }

    private static async Task<string?> ProblemAsync(NodeProcess node) => (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net").Problem;

    private static Task<CommitReply> ImportAsync(NodeProcess node, string module, string text) => node.Client.ImportAsync(module, Encoding.UTF8.GetBytes(text), new(), Token);

    private static Task<CommitReply> SetAsync(NodeProcess node, string value) => node.Client.CommitAsync(
        "net", new CommitRequest { Operations = [new WireOperation { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText(value) }] }, Token);

    private static async Task<(int ExitCode, string Output)> GetAsync(NodeProcess node, int user, uint group)
    {
        using var process = Start(node, user, group, "exec timeout 20 \"$CMS\" get net.lan.mtu 2> /dev/null");
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, output);
    }

    private static async Task<string> ShellAsync(NodeProcess node, int user, uint group, string script)
    {
        using var process = Start(node, user, group, script);
        return await process.StandardOutput.ReadToEndAsync(Token);
    }

    private static Process Start(NodeProcess node, int user, uint group, string script)
    {
        var start = new ProcessStartInfo("setpriv", [$"--reuid={user}", $"--regid={group}", "--clear-groups", "sh", "-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.Latin1,
        };
        start.Environment["SEGMENT"] = SegmentOf(node);
        start.Environment["CMS"] = Path.Combine(AppContext.BaseDirectory, "cms");
        start.Environment["CMS_RUN_DIRECTORY"] = node.RunDirectory;
        start.Environment["HOME"] = "/nonexistent";
        return Process.Start(start)!;
    }

    private static async Task<NodeProcess> StartAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to become somebody else");
        var node = new NodeProcess();
        await node.StartAsync();
        await ImportAsync(node, "net", "config interface 'lan'\n\toption mtu 'before'\n");
        return node;
    }
}
