using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>A daemon whose journal is on a disk that gets full.</summary>
public sealed class FullDiskTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_a_refusal_reads_go_on_and_commits_work_again_when_there_is_room()
    {
        Assert.SkipUnless(await NodeProcess.CanMountAsync(), "this machine lets nobody mount");
        await using var node = NodeProcess.WithStateOnOwnTmpfs("8m");
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption x '0'\n", Token);
        await File.WriteAllTextAsync(node.FileOf("other"), "config interface 'lan'\n\toption x '0'\n", Token);
        await node.StartAsync();

        await File.WriteAllBytesAsync(Filler(node), new byte[4 << 20], Token);
        var acknowledged = 0;
        ErrorCode? refused = null;
        while (refused is null)
        {
            refused = await TryAsync(node, "net", Set("x", $"{acknowledged + 1}"), Set("ballast", new string('b', 50_000)));
            acknowledged += refused is null ? 1 : 0;
        }

        Assert.Equal(ErrorCode.StorageFull, refused);
        await FillAsync(node);
        Assert.Equal(ErrorCode.StorageFull, await TryAsync(node, "net", Set("x", "never")));
        Assert.Equal(ErrorCode.StorageFull, await TryAsync(node, "other", Set("x", "never")));
        Assert.Equal($"{acknowledged}", await ReadAsync(node));

        // Many at once, which share one flush.
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TryAsync(node, "net", Set("x", "never"))));
        Assert.Equal([ErrorCode.StorageFull], all.Distinct());
        Assert.All((await node.Client.StatusAsync(Token)).Modules, module => Assert.Equal(("running", 0), (module.State, module.Restarts)));

        await node.KillAsync();
        File.Delete(Filler(node));
        await node.StartAsync();
        Assert.Equal($"{acknowledged}", await ReadAsync(node));
        Assert.Null(await TryAsync(node, "other", Set("x", "again")));
        Assert.Null(await TryAsync(node, "net", Set("x", "again")));
        await node.KillAsync();
        await node.StartAsync();
        Assert.Equal("again", await ReadAsync(node));
    }

    private static string Filler(NodeProcess node) => Path.Combine(node.ReachedStateDirectory, "filler");

    // Until not one more byte fits.
    private static async Task FillAsync(NodeProcess node)
    {
        await using var file = new FileStream(Filler(node), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                await file.WriteAsync(page, Token);
            }
        }
        catch (IOException full)
        {
            Assert.Equal(28, full.HResult);
        }
    }

    private static async Task<string> ReadAsync(NodeProcess node) => (await node.Client.GetAsync("net", Token)).Sections[0].Options["x"].GetText();

    private static async Task<ErrorCode?> TryAsync(NodeProcess node, string module, params WireOperation[] operations)
    {
        try
        {
            await CommitAsync(node, module, operations);
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal.Code;
        }
    }

    private static WireOperation Set(string option, string value) => new() { Op = "set", Section = "lan", Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> CommitAsync(NodeProcess node, string module, params WireOperation[] operations) =>
        node.Client.CommitAsync(module, new CommitRequest { Operations = operations }, Token);
}
