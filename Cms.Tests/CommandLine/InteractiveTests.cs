using Cms.Cli.Interactive;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.CommandLine;

/// <summary><c>cms</c> on a terminal, by the keys that its user presses.</summary>
public sealed class InteractiveTests
{
    private const string ControlA = "\u0001";
    private const string ControlC = "\u0003";
    private const string ControlD = "\u0004";
    private const string Up = "\e[A";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_typed_is_completed_run_and_taken_back()
    {
        await using var node = await StartAsync();
        await using var terminal = await OpenAsync(node);
        await EnterAsync(terminal, "get network.lan.ip\t\r", "\n10.0.0.1", "cms> ");
        await EnterAsync(terminal, "set network.lan.mtu=1400\r", "cms(1)> ");
        await EnterAsync(terminal, "undo\r", "dropped 1 staged in network", "cms> ");
        await EnterAsync(terminal, Up + Up, "cms> set network.lan.mtu=1400");
        await EnterAsync(terminal, "\r", "cms(1)> ");
        await EnterAsync(terminal, "commit\r", "network: revision 2", "cms> ");
        await EnterAsync(terminal, "undo\r", "Roll network back to revision 1? [y/N]");
        await EnterAsync(terminal, "y", "network: revision 3", "cms> ");
        await EnterAsync(terminal, "undo\r", "nothing was done here", "cms> ");
        await EnterAsync(terminal, "commmit\r", "did you mean commit?", "cms> ");
        await EnterAsync(terminal, "et network.lan.ipaddr" + ControlA + "g\r", "\n10.0.0.1", "cms> ");
        await EnterAsync(terminal, "half a line" + ControlC, "^C", "cms> ");
        await EnterAsync(terminal, "set network.lan.mtu=1300\r", "cms(1)> ");
        await EnterAsync(terminal, ControlD, "1 staged changes are not committed", "cms(1)> ");
        await terminal.TypeAsync(ControlD);
        await terminal.ReadToEndAsync(Token);
        Assert.Equal(0, terminal.ExitCode);
        Assert.DoesNotContain("\e[32m", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal("set network.lan.mtu='1300'\n", (await ProgramRun.CmsAsync(node, "changes")).Output);
    }

    [Fact]
    public async Task History_is_kept_over_sessions_for_the_user_alone_and_without_secrets()
    {
        await using var node = await StartAsync();
        await using (var first = await OpenAsync(node))
        {
            await EnterAsync(first, "get network.lan.ipaddr\r", "10.0.0.1", "cms> ");
            await EnterAsync(first, "set network.lan.password=hunter2\r", "cms(1)> ");
            await EnterAsync(first, "exit\r");
            await first.ReadToEndAsync(Token);
        }

        var path = Path.Combine(node.Root, "home", "cms", "history");
        Assert.Equal("get network.lan.ipaddr\nexit\n", await File.ReadAllTextAsync(path, Token));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        await using var second = await OpenAsync(node, "cms(1)> ");
        await EnterAsync(second, Up + Up, "cms(1)> get network.lan.ipaddr");
        await EnterAsync(second, "\r", "10.0.0.1", "cms(1)> ");
        await EnterAsync(second, "exit\r");
        await second.ReadToEndAsync(Token);
    }

    [Fact]
    public async Task Long_output_goes_through_the_pager_and_short_does_not()
    {
        await using var node = await StartAsync();
        await ProgramRun.CmsAsync(node, "batch", "--file", await WriteStatementsAsync(node));
        await using var terminal = await OpenAsync(node, "cms(60)> ");
        await EnterAsync(terminal, "show network\r", "<network.lan.o59='1'>", "cms(60)> ");
        await EnterAsync(terminal, "show network.lan.o7\r", "\nnetwork.lan.o7='1'", "cms(60)> ");
        await EnterAsync(terminal, "exit\r");
        await terminal.ReadToEndAsync(Token);
    }

    [Fact]
    public async Task Without_a_terminal_lines_are_statements_of_a_batch()
    {
        await using var node = await StartAsync();
        Assert.Equal((0, "10.0.0.1\n", ""), await ProgramRun.CmsWithInputAsync(node, "get network.lan.ipaddr\n"));
    }

    [Fact]
    public void Keys_edit_the_line_as_in_Emacs()
    {
        var line = new LineBuffer();
        line.Insert("set network.lan.mtu=1400");
        line.MoveWordBack();
        Assert.Equal("set network.lan.mtu=", line.Before);
        line.KillToEnd();
        line.MoveToStart();
        line.Yank();
        Assert.Equal(("1400set network.lan.mtu=", 4), (line.Text, line.Cursor));
        line.KillToStart();
        line.MoveToEnd();
        line.KillWordBack();
        Assert.Equal("set network.lan.", line.Text);
        line.KillBlankBack();
        Assert.Equal("set ", line.Text);
        line.Insert("ü😀x");
        line.Move(-1);
        line.DeleteBack();
        Assert.Equal(("set üx", 5), (line.Text, line.Cursor));
        line.DeleteForward();
        line.DeleteForward();
        line.MoveToStart();
        line.MoveWordForward();
        Assert.Equal(("set ü", "set"), (line.Text, line.Before));
    }

    [Fact]
    public void A_long_history_is_cut_and_searched()
    {
        var directory = Directory.CreateTempSubdirectory("cms-history-").FullName;
        try
        {
            var path = Path.Combine(directory, "history");
            File.WriteAllLines(path, Enumerable.Range(0, (2 * LineHistory.MaxLines) + 1).Select(number => $"get a.b.o{number}"));
            var history = new LineHistory(path);
            Assert.Equal(LineHistory.MaxLines, history.Lines.Count);
            history.Add("commit");
            history.Add("commit");
            Assert.Equal(LineHistory.MaxLines + 1, File.ReadAllLines(path).Length);
            Assert.Equal("commit", history.Back(_ => true));
            Assert.Equal("get a.b.o1999", history.Back(line => line.EndsWith("1999", StringComparison.Ordinal)));
            Assert.Equal("get a.b.o2000", history.Forward());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task EnterAsync(Terminal terminal, string keys, params string[] shown)
    {
        await terminal.TypeAsync(keys);
        foreach (var each in shown)
        {
            await terminal.WaitForAsync(each, Token);
        }
    }

    private static async Task<Terminal> OpenAsync(NodeProcess node, string prompt = "cms> ")
    {
        var terminal = new Terminal([Path.Combine(AppContext.BaseDirectory, "cms")], new()
        {
            ["CMS_RUN_DIRECTORY"] = node.RunDirectory,
            ["XDG_STATE_HOME"] = Path.Combine(node.Root, "home"),
            ["NO_COLOR"] = "1",
            ["PAGER"] = "sed 's/.*/<&>/'",
        });
        await terminal.WaitForAsync(prompt, Token);
        return terminal;
    }

    private static async Task<string> WriteStatementsAsync(NodeProcess node)
    {
        var path = Path.Combine(node.Root, "statements");
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, 60).Select(number => $"set network.lan.o{number}=1"), Token);
        return path;
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("network"), "config interface 'lan'\n\toption ipaddr '10.0.0.1'\n", Token);
        await node.StartAsync();
        return node;
    }
}
