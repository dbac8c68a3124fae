using System.Diagnostics;
using Cms.Formats.Segments;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Another user of the machine who gets at the directories of the node: links, files of his own, names taken before, races.</summary>
public sealed class RunDirectoryAttackTests
{
    private const string Nobody = "65534";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ln -s $VICTIM/file $RUN/cmsd.lock; ln -s $VICTIM/file $RUN/cmsd.sock; ln -s $VICTIM $RUN/segments")]
    [InlineData("mkdir $RUN/segments; ln -s $VICTIM/file $RUN/segments/net.seg; ln -s $VICTIM/file $RUN/segments/net.seg.next")]
    [InlineData("mkdir $RUN/segments")]
    [InlineData("touch $RUN/cmsd.lock")]
    [InlineData("true")]
    public async Task A_run_directory_where_everybody_may_write_is_not_used(string plant)
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n", Token);
        await ShellAsync(node, "chmod 1777 $RUN; mkdir $VICTIM; echo untouched > $VICTIM/file; chmod 600 $VICTIM/file");
        await AsNobodyAsync(node, plant);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains("can be written by others", failure.Message, StringComparison.Ordinal);
        Assert.Equal("untouched 600 file", await ShellAsync(node, "echo $(cat $VICTIM/file) $(stat -c %a $VICTIM/file) $(ls $VICTIM)"));
    }

    [Theory]
    [InlineData("mkdir $RUN/segments; chown 65534 $RUN/segments", "belongs to uid 65534")]
    [InlineData("mkdir $RUN/segments; chmod 777 $RUN/segments", "can be written by others")]
    [InlineData("chown 65534 $RUN", "belongs to uid 65534")]
    [InlineData("chmod g+w $RUN", "can be written by others")]
    [InlineData("mkdir $RUN/segments; ln -s $VICTIM/file $RUN/segments/net.seg", "is a symbolic link")]
    [InlineData("mkdir $RUN/segments; touch $RUN/segments/net.seg; chown 65534 $RUN/segments/net.seg", "belongs to uid 65534")]
    [InlineData("ln -s $VICTIM/file $RUN/cmsd.lock", "is a symbolic link")]
    [InlineData("chmod o+w $CONFIG", "can be written by others")]
    [InlineData("chown 65534 $CONFIG", "belongs to uid 65534")]
    [InlineData("mkdir $STATE; chmod 777 $STATE", "can be written by others")]
    [InlineData("mkdir $STATE; chown 65534 $STATE", "belongs to uid 65534")]
    [InlineData("chmod 777 $ROOT", "can be written by everybody")]
    [InlineData("mv $CONFIG $ROOT/real; mkdir -m 1777 $ROOT/open; mv $ROOT/real $ROOT/open/config; ln -s $ROOT/open/config $CONFIG", null)]
    public async Task What_others_could_have_put_there_is_named_and_not_used(string prepare, string? named)
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n", Token);
        await ShellAsync(node, "mkdir $VICTIM; echo untouched > $VICTIM/file; " + prepare);
        if (named is null)
        {
            await node.StartAsync();
            return;
        }

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.Equal("untouched", await ShellAsync(node, "cat $VICTIM/file"));
    }

    [Fact]
    public async Task A_link_where_everybody_can_make_one_is_not_followed()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = new NodeProcess();
        await ShellAsync(node, "chmod 755 $ROOT; mkdir $VICTIM; mkdir -m 1777 $ROOT/open");
        await AsNobodyAsync(node, "ln -s $VICTIM $ROOT/open/state");
        node.Set($"--state-directory={Path.Combine(node.Root, "open", "state")}");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains("state", failure.Message, StringComparison.Ordinal);
        Assert.Equal("", await ShellAsync(node, "ls $VICTIM"));
    }

    [Fact]
    public async Task Nobody_else_can_replace_remove_or_read_what_a_running_node_has_there()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        const string Tries = """
            for each in cmsd.sock cmsd.lock segments segments/net.seg segments/secret.seg; do
                rm -rf $RUN/$each; mv $RUN/$each $RUN/gone; ln -sf /etc/passwd $RUN/$each; touch $RUN/$each.next; chmod 777 $RUN/$each; ln $RUN/$each $RUN/linked; truncate -s 0 $RUN/$each
            done
            cat $RUN/segments/secret.seg $RUN/segments/net.seg $STATE/journal.db $STATE/journal.db-wal
            ls $STATE
            """;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var commits = CommitAsync(node, stopping.Token);
        for (var round = 0; round < 10; round++)
        {
            Assert.Equal("", await AsNobodyAsync(node, Tries));
        }

        await stopping.CancelAsync();
        Assert.True(await commits > 0);
        using var reader = SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", "secret.seg"));
        Assert.True(reader.TryGetString("lan.key", out var key) && key == "sesame");
        Assert.Equal("cmsd.lock cmsd.sock segments", await ShellAsync(node, "rm -rf $RUN/sessions; echo $(ls $RUN)"));
    }

    [Fact]
    public async Task Nobody_else_reads_a_module_by_its_segment_nor_by_the_command()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        var cms = Path.Combine(AppContext.BaseDirectory, "cms");
        Assert.Equal("600 600", await ShellAsync(node, "echo $(stat -c %a $RUN/segments/*.seg)"));
        foreach (var command in new[] { "get secret.lan.key", "show secret", "export secret", "history secret", "list secret", "search sesam?", "watch secret" })
        {
            var (exitCode, output, error) = await ForeignUser.RunAsync("sh", "-c", $"CMS_RUN_DIRECTORY={node.RunDirectory} HOME=/nonexistent timeout 10 {cms} {command}");

            // Who watches what he may not see waits for what never comes, as for a module that there is not.
            Assert.True(exitCode != 0 && (exitCode != 124 || command == "watch secret"), $"{command}: {exitCode} {output}");
            Assert.DoesNotContain("sesame", output + error, StringComparison.Ordinal);
        }
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await File.WriteAllTextAsync(node.FileOf("secret"), "config interface 'lan'\n\toption key 'sesame'\n", Token);
        await node.StartAsync();
        return node;
    }

    private static async Task<int> CommitAsync(NodeProcess node, CancellationToken stopping)
    {
        var count = 0;
        for (; !stopping.IsCancellationRequested; count++)
        {
            Assert.Equal((0, "", ""), await ProgramRun.CmsAsync(node, "set", $"net.lan.mtu={count}"));
            Assert.Equal(0, (await ProgramRun.CmsAsync(node, "commit")).ExitCode);
        }

        return count;
    }

    private static async Task<string> ShellAsync(NodeProcess node, string script) => (await RunAsync(node, "sh", "-c", script)).TrimEnd('\n');

    // What he is refused is no matter; what he reads is.
    private static Task<string> AsNobodyAsync(NodeProcess node, string script) =>
        RunAsync(node, "setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", "sh", "-c", script);

    private static async Task<string> RunAsync(NodeProcess node, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[] { ("ROOT", node.Root), ("RUN", node.RunDirectory), ("CONFIG", node.ConfigDirectory), ("STATE", node.StateDirectory), ("VICTIM", Path.Combine(node.Root, "victim")) })
        {
            start.Environment[name] = value;
        }

        using var run = Process.Start(start)!;
        var error = run.StandardError.ReadToEndAsync(Token);
        var output = await run.StandardOutput.ReadToEndAsync(Token);
        await error;
        await run.WaitForExitAsync(Token);
        return output;
    }
}
