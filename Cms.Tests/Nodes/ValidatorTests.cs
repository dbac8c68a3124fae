using System.Diagnostics;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Commits that are asked about before they become durable. The callers are processes of their own, as a validator may not write.</summary>
public sealed class ValidatorTests
{
    private const int Vetoed = 15;
    private const int Locked = 14;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_is_made_when_it_is_accepted_and_refused_when_it_is_not()
    {
        await using var node = await StartAsync();
        await using var asked = await ValidateAsync(node, new() { Name = "policy", Patterns = ["net.lan"] });
        var committing = SetAsync(node, "net.lan.mtu=9000");
        var line = await NextAsync(asked);
        var commit = Assert.Single(line.Commits!);
        Assert.Equal((WatchLine.Pending, "net", 2), (commit.Kind, commit.Module, commit.Revision));
        Assert.Equal(("9000", "1500"), (commit.Changes![0].Value!.GetText(), commit.Changes[0].Old!.GetText()));
        Assert.Equal("1500", await ReadAsync(node));
        await AnswerAsync(node, line, accept: true);
        Assert.Equal(0, (await committing).ExitCode);
        Assert.Equal("9000", await ReadAsync(node));

        committing = SetAsync(node, "net.lan.mtu=1");
        await AnswerAsync(node, await NextAsync(asked), accept: false, "too small");
        var (exitCode, _, error) = await committing;
        Assert.Equal(Vetoed, exitCode);
        Assert.Contains("validator 'policy' refuses the commit: too small", error, StringComparison.Ordinal);
        Assert.Equal("9000", await ReadAsync(node));
        Assert.Equal(2, (await node.Client.GetAsync("net", Token)).Revision);

        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "revert", "net")).ExitCode);

        // Nobody is asked about what does not concern him.
        Assert.Equal(0, (await SetAsync(node, "net.wan.mtu=5")).ExitCode);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, Vetoed)]
    public async Task No_answer_counts_as_the_default(bool accepts, int expected)
    {
        await using var node = await StartAsync();
        var request = new ValidatorRequest { Name = "slow", Patterns = ["*"], DeadlineMs = 100, AcceptsByDefault = accepts };
        await using var asked = await ValidateAsync(node, request);
        Assert.Equal(expected, (await SetAsync(node, "net.lan.mtu=1")).ExitCode);
        var late = await NextAsync(asked);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<RefusedException>(() => AnswerAsync(node, late, accept: true, "x", "slow"))).Refusal.Code);
    }

    [Fact]
    public async Task Who_goes_owes_the_default_and_is_not_asked_again()
    {
        await using var node = await StartAsync();
        await using (var asked = await ValidateAsync(node, new() { Name = "gone", Patterns = ["*"], DeadlineMs = 30_000 }))
        {
            var committing = SetAsync(node, "net.lan.mtu=1");
            await NextAsync(asked);
            await asked.DisposeAsync();
            var (exitCode, _, error) = await committing;
            Assert.Equal(Vetoed, exitCode);
            Assert.Contains("ended before it answered", error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "commit")).ExitCode);
    }

    [Fact]
    public async Task A_validator_that_writes_to_what_waits_for_it_is_refused_at_once()
    {
        await using var node = await StartAsync();
        await using var asked = await ValidateAsync(node, new() { Name = "writer", Patterns = ["net"], DeadlineMs = 30_000 });
        var committing = SetAsync(node, "net.lan.mtu=1");
        var line = await NextAsync(asked);
        var write = new CommitRequest { Operations = [new() { Op = "set", Section = "lan", Option = "x", Value = ConfigValue.FromText("1") }] };
        Assert.Equal(ErrorCode.Locked, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync("net", write, Token))).Refusal.Code);
        await node.Client.CommitAsync("other", write, Token);
        await AnswerAsync(node, line, accept: true, "", "writer");
        Assert.Equal(0, (await committing).ExitCode);
    }

    [Fact]
    public async Task A_commit_over_several_modules_is_asked_about_once()
    {
        await using var node = await StartAsync();
        await using var asked = await ValidateAsync(node, new() { Name = "policy", Patterns = ["*"], DeadlineMs = 30_000 });
        WireOperation set = new() { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText("1") };
        var request = new TransactionCommitRequest { Modules = [new() { Module = "net", Operations = [set] }, new() { Module = "other", Operations = [set] }] };
        var committing = node.Client.CommitAsync(request, Token);
        var line = await NextAsync(asked);
        Assert.Equal(["net", "other"], line.Commits!.Select(commit => commit.Module));
        await AnswerAsync(node, line, accept: false, "not both");
        var refusal = (await Assert.ThrowsAsync<RefusedException>(() => committing)).Refusal;
        Assert.Equal((ErrorCode.Vetoed, "validator 'policy' refuses the commit: not both"), (refusal.Code, refusal.Message));
        Assert.Equal((1, 1), ((await node.Client.GetAsync("net", Token)).Revision, (await node.Client.GetAsync("other", Token)).Revision));
    }

    [Fact]
    public async Task A_hand_edit_that_is_refused_is_left_alone_and_told()
    {
        await using var node = await StartAsync();
        await using var asked = await ValidateAsync(node, new() { Name = "policy", Patterns = ["net"], DeadlineMs = 30_000 });
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '7'\n\nconfig interface 'wan'\n", Token);
        var line = await NextAsync(asked);
        Assert.Equal("file", line.Commits![0].Gateway);
        await AnswerAsync(node, line, accept: false, "no seven");
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while ((await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net").Problem?.Contains("no seven", StringComparison.Ordinal) != true)
        {
            await tick.WaitForNextTickAsync(Token);
        }

        Assert.Equal("1500", await ReadAsync(node));
        Assert.Contains("'7'", await File.ReadAllTextAsync(node.FileOf("net"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_command_decides_and_may_not_write_what_waits_for_it()
    {
        await using var node = await StartAsync();
        using var veto = await StartVetoAsync(node, "grep -q '\"value\":\"6[0-9]*\"' && { echo no sixes; exit 1; }; exit 0");
        Assert.Equal(0, (await SetAsync(node, "net.lan.mtu=1400")).ExitCode);
        var (exitCode, _, error) = await SetAsync(node, "net.lan.mtu=68");
        Assert.Equal(Vetoed, exitCode);
        Assert.Contains("no sixes", error, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "revert", "net")).ExitCode);
        veto.Kill();
        await veto.WaitForExitAsync(Token);

        var cms = Path.Combine(AppContext.BaseDirectory, "cms");
        var code = Path.Combine(node.Root, "code");
        using var writer = await StartVetoAsync(node, $"printf 'set net.lan.y=1\\ncommit net\\n' | {cms} batch; echo $? > {code}");
        Assert.Equal(0, (await SetAsync(node, "net.lan.mtu=1300")).ExitCode);
        Assert.Equal($"{Locked}\n", await File.ReadAllTextAsync(code, Token));
        writer.Kill();
        await writer.WaitForExitAsync(Token);
    }

    [Theory]
    [InlineData("", "net", 100)]
    [InlineData("a b", "net", 100)]
    [InlineData("a", "..", 100)]
    [InlineData("a", "net", 0)]
    [InlineData("a", "net", 30_001)]
    public async Task Illegal_terms_are_refused(string name, string pattern, int deadline)
    {
        await using var node = await StartAsync();
        await using var asked = node.Client.ValidateAsync(new() { Name = name, Patterns = [pattern], DeadlineMs = deadline }, Token).GetAsyncEnumerator(Token);
        Assert.Equal(ErrorCode.InvalidArgument, (await Assert.ThrowsAsync<RefusedException>(async () => await asked.MoveNextAsync())).Refusal.Code);
    }

    private static async Task<Process> StartVetoAsync(NodeProcess node, string command)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cms"), ["watch", "net", "--veto", command, "--deadline", "20000"]);
        start.Environment["CMS_RUN_DIRECTORY"] = node.RunDirectory;
        var process = Process.Start(start)!;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!(await node.Client.StatusAsync(Token)).Validators.Contains($"cms-watch-{process.Id}"))
        {
            await tick.WaitForNextTickAsync(Token);
        }

        return process;
    }

    private static async Task<(int ExitCode, string Output, string Error)> SetAsync(NodeProcess node, string assignment)
    {
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "set", assignment)).ExitCode);
        return await ProgramRun.CmsAsync(node, "commit");
    }

    private static async Task<string> ReadAsync(NodeProcess node) =>
        (await node.Client.GetAsync("net", Token)).Sections.Single(section => section.Name == "lan").Options["mtu"].GetText();

    private static Task AnswerAsync(NodeProcess node, ValidationLine line, bool accept, string? message = null, string validator = "policy") =>
        node.Client.AnswerAsync(line.Id!, new() { Validator = validator, Accept = accept, Message = message }, Token);

    private static async Task<IAsyncEnumerator<ValidationLine>> ValidateAsync(NodeProcess node, ValidatorRequest request)
    {
        var lines = node.Client.ValidateAsync(request, Token).GetAsyncEnumerator(Token);
        Assert.Equal(WatchLine.Start, (await NextAsync(lines)).Kind);
        return lines;
    }

    private static async Task<ValidationLine> NextAsync(IAsyncEnumerator<ValidationLine> lines) =>
        await lines.MoveNextAsync() ? lines.Current : throw new InvalidDataException("the stream has ended");

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n\nconfig interface 'wan'\n", Token);
        await File.WriteAllTextAsync(node.FileOf("other"), "config interface 'lan'\n", Token);
        await node.StartAsync();
        return node;
    }
}
