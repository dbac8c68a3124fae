using Cms.Client.Wire;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary><c>cms batch --atomic</c> and <c>--bulk</c> against a real node.</summary>
public sealed class BulkCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_atomic_batch_commits_all_modules_or_nothing_and_stages_nothing()
    {
        await using var node = await StartAsync();
        var bad = await ProgramRun.CmsWithInputAsync(node, "set a.s.x=1\nset b.s.x=1\nset b.nosuch.x=1\n", "batch", "--atomic");
        Assert.Equal((3, ""), (bad.ExitCode, bad.Output));
        Assert.Equal("cms: line 3: b: there is no section 'nosuch'; nothing is committed\n", bad.Error);
        var good = await ProgramRun.CmsWithInputAsync(node, "# both\nset a.s.x=1; set b.s.x=2\nadd a t\nset a.@t[-1].y='a b'\n", "batch", "--atomic", "-m", "both");
        Assert.Equal((0, "a: revision 2, 3 operations\nb: revision 2, 1 operation\n", ""), good);
        Assert.Equal("1\n", (await ProgramRun.CmsAsync(node, "get", "a.s.x")).Output);
        Assert.Equal("a b\n", (await ProgramRun.CmsAsync(node, "get", "a.@t[1].y")).Output);
        Assert.Equal((0, "", ""), await ProgramRun.CmsAsync(node, "changes"));
        Assert.Equal("both", (await node.Client.HistoryAsync("b", 1, Token))[0].Message);
    }

    [Fact]
    public async Task A_bulk_batch_says_what_was_committed_before_a_refusal_and_goes_on_under_its_request_id()
    {
        await using var node = await StartAsync();
        var text = string.Concat(Enumerable.Range(0, 25).Select(index => $"set a.s.o{index}=1\n"));
        var bad = await ProgramRun.CmsWithInputAsync(node, text + "commit\n", "batch", "--bulk", "--size", "10", "--request-id", "r");
        Assert.Equal((2, "a: revision 3, 20 operations\n"), (bad.ExitCode, bad.Output));
        Assert.StartsWith("cms: line 26: 'commit' is no statement that changes a module", bad.Error, StringComparison.Ordinal);
        Assert.EndsWith("; everything up to line 20 is committed\n", bad.Error, StringComparison.Ordinal);
        var file = Path.Combine(node.Root, "batch");
        await File.WriteAllTextAsync(file, text, Token);
        var good = await ProgramRun.CmsAsync(node, "--json", "batch", "--bulk", "--size", "10", "--request-id", "r", "-f", file);
        var reply = System.Text.Json.JsonSerializer.Deserialize(good.Output, WireJson.Default.BulkReply)!;
        Assert.Equal((0, 25, 5, 2), (good.ExitCode, reply.Operations, reply.Changes, reply.RepeatedGroups));
    }

    [Theory]
    [InlineData("--atomic", "--bulk")]
    [InlineData("--size", "5")]
    [InlineData("--atomic", "--size", "5")]
    [InlineData("--json-lines")]
    [InlineData("--request-id", "x")]
    public async Task Options_that_do_not_go_together_are_refused(params string[] options)
    {
        await using var node = await StartAsync();
        var (exitCode, output, error) = await ProgramRun.CmsWithInputAsync(node, "set a.s.x=1\n", ["batch", .. options]);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Equal(1, (await node.Client.GetAsync("a", Token)).Revision);
    }

    [Fact]
    public async Task Lines_of_JSON_and_a_missing_file_are_told_apart()
    {
        await using var node = await StartAsync();
        var json = await ProgramRun.CmsWithInputAsync(node, "{\"module\":\"a\",\"op\":\"set\",\"section\":\"s\",\"option\":\"n\",\"value\":5}\n", "batch", "--bulk", "--json-lines");
        Assert.Equal((0, "a: revision 2, 1 operation\n", ""), json);
        Assert.Equal(3, (await ProgramRun.CmsAsync(node, "batch", "--bulk", "-f", "/nosuch/file")).ExitCode);
        await node.StopAsync();
        Assert.Equal(11, (await ProgramRun.CmsWithInputAsync(node, "set a.s.x=1\n", "batch", "--atomic")).ExitCode);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        foreach (var module in new[] { "a", "b" })
        {
            await File.WriteAllTextAsync(node.FileOf(module), "config t 's'\n", Token);
        }

        await node.StartAsync();
        return node;
    }
}
