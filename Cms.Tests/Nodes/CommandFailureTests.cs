using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Cms.Cli;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>What the real <c>cms</c> does when the system or its user gets in its way.</summary>
public sealed class CommandFailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "cms");

    [Fact]
    public async Task A_full_standard_output_is_a_failure_of_one_line()
    {
        await using var node = await StartAsync();
        var (exitCode, _, error) = await ShellAsync(node, "\"$0\" show net > /dev/full");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("cms: ", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(each => each == '\n'));
        var json = await ShellAsync(node, "\"$0\" show net --json > /dev/full");
        Assert.Equal(1, json.ExitCode);
        Assert.StartsWith("{\"detail\":", json.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("denied", json.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await ShellAsync(node, "\"$0\" get net.no.such > /dev/full 2> /dev/full")).ExitCode);
    }

    [Fact]
    public async Task A_reader_that_leaves_early_is_no_failure()
    {
        await using var node = await StartAsync();
        Assert.Equal((0, "0\n", ""), await ShellAsync(node, "{ sleep 0.3; \"$0\" show net; } | true; echo ${PIPESTATUS[0]}"));
    }

    [Fact]
    public async Task An_interrupted_commit_says_that_its_outcome_is_not_known_and_keeps_what_is_staged()
    {
        await using var node = await StartAsync();
        await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=1400");
        await node.KillAsync();
        var path = new NodePaths(node.RunDirectory).Socket;
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();

        using var process = Process.Start(Starting(node, Program, "commit"))!;
        using var connection = await listener.AcceptAsync(Token);
        await connection.ReceiveAsync(new byte[1], Token);
        using var interrupt = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var error = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.Equal((130, "cms: interrupted: outcome not known; commit again\n"), (process.ExitCode, error));
        Assert.Equal("set net.lan.mtu='1400'\n", (await ProgramRun.CmsAsync(node, "changes")).Output);
    }

    [Fact]
    public async Task A_revert_takes_a_new_look_when_its_snapshot_is_gone()
    {
        await using var node = await StartAsync();
        await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=1400");
        var paths = new NodePaths(node.RunDirectory);
        using var session = new ModuleSession(paths, "net", new UserStage(paths, "net"), () => node.Client, isElsewhere: false);
        for (var index = 0; index < 300; index++)
        {
            var operation = new WireOperation { Op = "set", Section = "lan", Option = "metric", Value = ConfigValue.FromInt(index) };
            await node.Client.CommitAsync("net", new CommitRequest { Operations = [operation] }, Token);
        }

        Assert.Equal(1, session.Revert(operation => session.SectionOf(operation)?.Name == "lan"));
        Assert.Empty(session.Operations);
    }

    [Fact]
    public async Task What_is_staged_on_a_section_that_is_gone_can_be_reverted_as_it_is_printed()
    {
        await using var node = await StartAsync();
        await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=1400");
        await ProgramRun.CmsAsync(node, "set", "net.lan.metric=3");
        await node.Client.CommitAsync("net", new CommitRequest { Operations = [new WireOperation { Op = "delete", Section = "lan" }] }, Token);
        Assert.Equal("set net.#1.mtu='1400'\nset net.#1.metric='3'\n", (await ProgramRun.CmsAsync(node, "changes")).Output);

        Assert.Equal(3, (await ProgramRun.CmsAsync(node, "revert", "net.#7")).ExitCode);
        Assert.Equal((0, "", ""), await ProgramRun.CmsAsync(node, "revert", "net.#1.mtu"));
        Assert.Equal("set net.#1.metric='3'\n", (await ProgramRun.CmsAsync(node, "changes")).Output);
        Assert.Equal((0, "", ""), await ProgramRun.CmsAsync(node, "revert", "net.#1"));
        Assert.Equal((0, "nothing is staged\n", ""), await ProgramRun.CmsAsync(node, "commit"));
    }

    [Fact]
    public async Task A_commit_of_a_module_with_nothing_staged_says_so()
    {
        await using var node = await StartAsync();
        Assert.Equal((0, "nothing is staged\n", ""), await ProgramRun.CmsAsync(node, "commit", "nomod"));
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        return node;
    }

    private static ProcessStartInfo Starting(NodeProcess node, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CMS_RUN_DIRECTORY"] = node.RunDirectory;
        return start;
    }

    private static async Task<(int ExitCode, string Output, string Error)> ShellAsync(NodeProcess node, string script)
    {
        using var process = Process.Start(Starting(node, "bash", "-c", script, Program))!;
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, output, await error);
    }
}
