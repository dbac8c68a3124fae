using System.Diagnostics;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary><c>cms edit</c> with scripts as the editor.</summary>
public sealed class EditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_changed_is_committed_with_a_message_and_what_was_staged_with_it()
    {
        await using var node = await StartAsync();
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=1400")).ExitCode);
        var (exitCode, output, error) = await EditAsync(node, "stat -c %a \"$1\" $(dirname \"$1\") > {seen}; grep -q 1400 \"$1\"; printf \"config rule\\n\\toption name 'it'\\n\" >> \"$1\"", "-m", "by hand");
        Assert.True(exitCode == 0, error);
        Assert.Equal("net: revision 3, 3 changes\n", output);
        Assert.Equal("600\n700\n", await File.ReadAllTextAsync(Seen(node), Token));
        Assert.Equal("by hand", (await node.Client.HistoryAsync("net", 1, Token))[0].Message);
        Assert.Equal(ElementType.Int, (await node.Client.GetAtAsync("net", 3, Token)).Sections[0].Options["count"].ElementType);
        Assert.Empty(Directory.GetDirectories(Temporary(node)));
    }

    [Fact]
    public async Task Without_a_change_nothing_is_done()
    {
        await using var node = await StartAsync();
        Assert.Equal((0, "net: nothing was changed\n", ""), await EditAsync(node, "true"));
        var (exitCode, _, error) = await EditAsync(node, "exit 3");
        Assert.Equal(2, exitCode);
        Assert.Contains("ended with 3", error, StringComparison.Ordinal);
        Assert.Equal(2, (await node.Client.HistoryAsync("net", 1, Token))[0].Revision);
        Assert.Empty(Directory.GetDirectories(Temporary(node)));
    }

    [Fact]
    public async Task A_malformed_text_is_opened_again_with_the_complaint_at_its_line()
    {
        await using var node = await StartAsync();
        const string Script = "cp \"$1\" {seen}; if grep -q '^#!' \"$1\"; then sed -i \"s/^bad.*/config rule 'good'/\" \"$1\"; else echo 'bad line' >> \"$1\"; fi";
        var (exitCode, output, error) = await EditAsync(node, Script);
        Assert.True(exitCode == 0, error);
        Assert.Equal("net: revision 3, 1 change\n", output);
        var seen = await File.ReadAllTextAsync(Seen(node), Token);
        Assert.StartsWith("#! nothing is committed.", seen, StringComparison.Ordinal);
        Assert.Matches("#! Parse error \\(invalid command\\) at line [0-9]+, byte [0-9]+\nbad line\n", seen);
    }

    [Fact]
    public async Task Who_saves_a_complaint_without_a_change_gives_up()
    {
        await using var node = await StartAsync();
        var (exitCode, _, error) = await EditAsync(node, "grep -q '^#!' \"$1\" || echo 'bad line' >> \"$1\"");
        Assert.Equal(2, exitCode);
        Assert.Contains("Parse error (invalid command)", error, StringComparison.Ordinal);
        Assert.Contains("given up", error, StringComparison.Ordinal);
        Assert.Contains("bad line", await KeptAsync(node, error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_mended_in_the_text_keeps_the_text()
    {
        await using var node = await StartAsync();
        var (exitCode, _, error) = await EditAsync(node, "sed -i s/1500/1400/ \"$1\"; chmod 644 \"$1\"; exit 3");
        Assert.Equal(2, exitCode);
        Assert.Contains("mtu '1400'", await KeptAsync(node, error), StringComparison.Ordinal);

        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "set", "net.lan.other=1")).ExitCode);
        var transaction = await node.Client.BeginAsync(new TransactionBeginRequest(), Token);
        await node.Client.LockAsync(transaction.Transaction, "net", TimeSpan.FromMinutes(1), Token);
        (exitCode, _, error) = await EditAsync(node, "sed -i s/1500/1300/ \"$1\"");
        Assert.True(exitCode == ErrorCodes.Of(ErrorCode.Locked).ExitCode, error);
        Assert.Contains("mtu '1300'", await KeptAsync(node, error), StringComparison.Ordinal);
        Assert.Equal("set net.lan.other='1'\n", (await ProgramRun.CmsAsync(node, "changes")).Output);

        (exitCode, _, error) = await EditAsync(node, $"sed -i s/1500/1200/ \"$1\"; kill -9 {node.ProcessId}");
        Assert.True(exitCode == ErrorCodes.Of(ErrorCode.Unavailable).ExitCode || exitCode == ErrorCodes.Of(ErrorCode.UnknownOutcome).ExitCode, error);
        Assert.Contains("mtu '1200'", await KeptAsync(node, error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_interrupts_finds_his_text()
    {
        await using var node = await StartAsync();
        const string FindCms = "cms=$$; until tr '\\0' ' ' < /proc/$cms/cmdline | grep -q 'edit net'; do cms=$(awk '/^PPid/ { print $2 }' /proc/$cms/status); done";
        var (exitCode, _, error) = await EditAsync(node, $"sed -i s/1500/1400/ \"$1\"; {FindCms}; kill -INT $cms; while kill -0 $cms 2> /dev/null; do sleep 0.05; done");
        Assert.True(exitCode == 130, error);
        Assert.Contains("mtu '1400'", await KeptAsync(node, error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_edit_takes_back_its_own_changes_and_no_others()
    {
        await using var node = await StartAsync();
        await RegisterAsync(node);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "set", "net.lan.count=2")).ExitCode);
        var staged = Directory.GetFiles(node.RunDirectory, "net.staged", SearchOption.AllDirectories).Single();
        await File.AppendAllTextAsync(staged, "sent\n", Token);

        // What was in doubt is committed now, and the edit's own change is refused.
        var (exitCode, _, error) = await EditAsync(node, "sed -i s/1500/9999/ \"$1\"");
        Assert.True(exitCode == ErrorCodes.Of(ErrorCode.SchemaViolated).ExitCode, error);
        Assert.Equal("", (await ProgramRun.CmsAsync(node, "changes")).Output);
        Assert.Equal("2", (await ProgramRun.CmsAsync(node, "get", "net.lan.count", "--committed")).Output.Trim());
    }

    [Fact]
    public async Task What_others_change_meanwhile_is_merged_and_conflicts_are_shown()
    {
        await using var node = await StartAsync();
        var cms = Path.Combine(AppContext.BaseDirectory, "cms");
        var apart = $"{cms} set net.lan.other=1 && {cms} commit -m other > /dev/null; sed -i s/1500/1400/ \"$1\"";
        Assert.Equal((0, "net: revision 4, 1 change\n", ""), await EditAsync(node, apart));
        Assert.Equal("1400", (await ProgramRun.CmsAsync(node, "get", "net.lan.mtu")).Output.Trim());
        Assert.Equal("1", (await ProgramRun.CmsAsync(node, "get", "net.lan.other")).Output.Trim());

        var both = $"if grep -q '^#!' \"$1\"; then cp \"$1\" {{seen}}; sed -i '/^#!/d; s/1280/1300/' \"$1\"; else echo \"set net.lan.mtu=1280; commit\" | {cms} batch > /dev/null; sed -i 's/1400/1200/; s/other/another/' \"$1\"; fi";
        var (exitCode, _, error) = await EditAsync(node, both);
        Assert.True(exitCode == 0, error);
        Assert.Contains("#! lan.mtu was changed meanwhile, as it stands here; you wrote '1200'\n\toption mtu '1280'\n", await File.ReadAllTextAsync(Seen(node), Token), StringComparison.Ordinal);
        Assert.Equal("1300", (await ProgramRun.CmsAsync(node, "get", "net.lan.mtu")).Output.Trim());
        Assert.Equal("1", (await ProgramRun.CmsAsync(node, "get", "net.lan.another")).Output.Trim());
    }

    [Fact]
    public async Task What_the_schema_does_not_allow_is_shown_at_its_line()
    {
        await using var node = await StartAsync();
        await RegisterAsync(node);
        const string Script = "if grep -q '^#!' \"$1\"; then cp \"$1\" {seen}; sed -i s/9999/8888/ \"$1\"; else sed -i s/1500/9999/ \"$1\"; fi";
        var (exitCode, _, error) = await EditAsync(node, Script);
        Assert.True(exitCode == 0, error);
        Assert.Matches("#! net\\.lan\\.mtu is '9999': .*\n\toption mtu '9999'\n", await File.ReadAllTextAsync(Seen(node), Token));
        Assert.Equal("8888", (await ProgramRun.CmsAsync(node, "get", "net.lan.mtu")).Output.Trim());
        Assert.Equal("", (await ProgramRun.CmsAsync(node, "changes")).Output);
    }

    private static string Seen(NodeProcess node) => Path.Combine(node.Root, "seen");

    private static string Temporary(NodeProcess node) => Path.Combine(node.Root, "tmp");

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await node.StartAsync();
        Directory.CreateDirectory(Temporary(node));
        await node.Client.ImportAsync("net", "config interface 'lan'\n\toption mtu '1500'\n\toption count '1'\n"u8.ToArray(), new Cms.Client.ImportOptions(), Token);
        var count = new WireOperation { Op = "set", Section = "lan", Option = "count", Value = ConfigValue.FromInt(1) };
        await node.Client.CommitAsync("net", new() { Operations = [count] }, Token);
        return node;
    }

    private static async Task RegisterAsync(NodeProcess node)
    {
        var schema = Path.Combine(node.Root, "net.schema");
        await File.WriteAllTextAsync(schema, "config module 'net'\n\toption version '1.0.0'\nconfig section 'interface'\nconfig field 'mtu'\n\toption section 'interface'\n\toption type 'int'\n\toption validation 'max:9000'\n", Token);
        var registered = await ProgramRun.CmsAsync(node, "schema", "register", schema);
        Assert.True(registered.ExitCode == 0, registered.Error);
    }

    // The text that the message names; the directory is taken away, for the next.
    private static async Task<string> KeptAsync(NodeProcess node, string error)
    {
        var path = Path.Combine(Directory.GetDirectories(Temporary(node)).Single(), "net");
        Assert.Contains($"your text is kept in {path}", error, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var text = await File.ReadAllTextAsync(path, Token);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return text;
    }

    private static async Task<(int ExitCode, string Output, string Error)> EditAsync(NodeProcess node, string script, params string[] options)
    {
        var editor = Path.Combine(node.Root, "editor");
        await File.WriteAllTextAsync(editor, script.Replace("{seen}", Seen(node), StringComparison.Ordinal), Token);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cms"), ["edit", "net", .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CMS_RUN_DIRECTORY"] = node.RunDirectory;
        start.Environment["TMPDIR"] = Temporary(node);
        start.Environment["EDITOR"] = $"sh {editor}";
        start.Environment.Remove("VISUAL");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, output, await error);
    }
}
