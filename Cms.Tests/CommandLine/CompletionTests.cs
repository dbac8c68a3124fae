using System.Diagnostics;
using Cms.Cli.Completion;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.CommandLine;

/// <summary>What shells are told when a key is pressed.</summary>
public sealed class CompletionTests
{
    private const string Network = "config interface 'lan'\n\toption ipaddr '10.0.0.1'\n\toption proto 'static'\n\nconfig interface 'lab'\n\nconfig route\n\toption target '10.1.0.0'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_options_addresses_and_values_are_completed_without_a_daemon()
    {
        await using var node = await StartAsync();
        await ProgramRun.CmsAsync(node, "set", "network.lan.mtu=1400");
        await node.KillAsync();
        foreach (var (line, candidates) in new[]
        {
            ("cms histo", "history"), ("cms --js", "--json"), ("cms get --comm", "--committed"), ("cms --json table fi", "find"), ("cms get ne", "network."),
            ("cms get network.la", "network.lab network.lan"), ("cms get network.lan", "network.lan network.lan."), ("cms get network.lan.", "network.lan.ipaddr network.lan.mtu network.lan.proto"),
            ("cms set network.lan.p", "network.lan.proto="), ("cms set network.lan.proto=", "network.lan.proto=static"), ("cms commit n", "network"),
            ("cms add network ", "interface route"), ("cms get network.@ro", "network.@route[0]"), ("cms get network.@route[0].t", "network.@route[0].target"),
            ("cms get nowhere.la", ""), ("cms nonsense ", ""), ("cms help rev", "revert"), ("cms completion z", "zsh"),
        })
        {
            var (exitCode, output, error) = await ProgramRun.CmsAsync(node, "complete", "--line", line);
            Assert.Equal((0, ""), (exitCode, error));
            Assert.Equal($"{line}: {candidates}", $"{line}: {string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('\t')[0]))}");
        }

        Assert.Equal("network.lan.proto=static\n", (await ProgramRun.CmsAsync(node, "complete", "--", "set", "network.lan.proto=")).Output);
    }

    [Fact]
    public void A_look_ends_when_it_takes_too_long_or_finds_too_much()
    {
        var clock = new SteppedClock();
        var budget = new CompletionBudget(clock, TimeSpan.FromMilliseconds(5));
        Assert.Equal(CompletionBudget.MaxCandidates, budget.Take(Enumerable.Range(0, 1_000_000), _ => true).Count);
        Assert.True(budget.IsSpent);

        var slow = new CompletionBudget(clock, TimeSpan.FromMilliseconds(5));
        var looked = 0;
        Assert.Empty(slow.Take(Enumerable.Range(0, 1_000_000), _ => ++looked < 0));
        Assert.True(slow.IsSpent);
        Assert.InRange(looked, 1, 1_000);
        Assert.False(new CompletionBudget(clock, TimeSpan.FromMilliseconds(5)) is var idle && idle.Take([1, 2], _ => true).Count == 2 && idle.IsSpent);
    }

    [Theory]
    [InlineData("cms get  net", "cms|get|net", 9)]
    [InlineData("cms get ", "cms|get|", 8)]
    [InlineData("set a.b.c='x y'", "set|a.b.c=x y", 4)]
    [InlineData("set \"a b\\\"c\" d\\ e", "set|a b\"c|d e", 13)]
    [InlineData("", "", 0)]
    public void A_line_is_taken_apart_as_a_shell_does(string line, string words, int lastStart)
    {
        var taken = LineWords.Of(line);
        Assert.Equal((words, lastStart, false), (string.Join('|', taken.Words), taken.LastStart, taken.IsOpen));
        Assert.True(LineWords.Of("set a='x y").IsOpen);
    }

    [Theory]
    [InlineData("cms get network.lan.ip\t", "addr ")]
    [InlineData("cms set network.lan.proto=st\t", "atic ")]
    [InlineData("cms set network.lan.pr\t", "oto=")]
    [InlineData("cms hist\t", "ory ")]
    public async Task A_real_bash_completes_what_is_typed(string typed, string completed)
    {
        await using var node = await StartAsync();
        await using var bash = new Terminal(["bash", "--norc", "-i"], VariablesOf(node));
        await bash.TypeAsync("PS1='ready> '; source <(cms completion bash)\r");
        await bash.WaitForAsync("hready> ", Token);
        await bash.TypeAsync(typed);
        await bash.WaitForAsync(completed, Token);
        await bash.TypeAsync("\u0015exit\r");
        await bash.ReadToEndAsync(Token);
    }

    [Theory]
    [InlineData("zsh", "_cms")]
    [InlineData("fish", "__cms_complete")]
    public async Task The_script_of_a_shell_is_one_that_it_can_read(string shell, string function)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("PATH")!.Split(':').All(directory => !File.Exists(Path.Combine(directory, shell))), $"{shell} is not installed");
        await using var node = await StartAsync();
        var script = (await ProgramRun.CmsAsync(node, "completion", shell)).Output;
        var path = Path.Combine(node.Root, "script");
        await File.WriteAllTextAsync(path, script, Token);
        Assert.Contains(function, script, StringComparison.Ordinal);
        using var read = Process.Start(new ProcessStartInfo(shell, ["-n", path]))!;
        await read.WaitForExitAsync(Token);
        Assert.Equal(0, read.ExitCode);
    }

    private static Dictionary<string, string> VariablesOf(NodeProcess node) => new()
    {
        ["CMS_RUN_DIRECTORY"] = node.RunDirectory,
        ["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
    };

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("network"), Network, Token);
        await node.StartAsync();
        return node;
    }

    /// <summary>A clock on which each look takes a millisecond.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => ++_milliseconds;
    }
}
