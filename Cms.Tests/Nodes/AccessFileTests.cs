using System.Text;
using Cms.Client.Wire;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>The text file of the rules, edited by hand into something that is no rule.</summary>
public sealed class AccessFileTests
{
    private const int User = 61011;
    private const string Mistaken = "config rule\n\toption effect 'allow'\n\tlist action 'read'\n\tlist principal '*'\n\tlist paths 'hidden'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_rules_without_a_mistake_hold_after_a_restart_too()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to become somebody else");
        await using var node = new NodeProcess();
        await node.StartAsync();
        await ImportAsync(node, "open", "config interface 'lan'\n");
        await ImportAsync(node, "hidden", "config interface 'lan'\n");
        await ImportAsync(node, "access", Rule("open"));
        await EditAsync(node, Mistaken);
        await EditAsync(node, "\n" + Mistaken + Mistaken);
        await AssertInForceAsync(node);

        Assert.Equal(0, await node.StopAsync());
        await node.StartAsync();
        await AssertInForceAsync(node);

        await node.KillAsync();
        node.ForgetSegments();
        await node.StartAsync();
        await AssertInForceAsync(node);

        await File.WriteAllTextAsync(node.FileOf("access"), Rule("hidden"), Token);
        await Eventually.IsSoAsync(async () => await ProblemAsync(node) is null);
        var user = new OtherUser(node, User);
        Assert.EndsWith("\n404", await user.SendAsync("GET", "modules/open"), StringComparison.Ordinal);
        Assert.EndsWith("\n200", await user.SendAsync("GET", "modules/hidden"), StringComparison.Ordinal);
    }

    private static async Task AssertInForceAsync(NodeProcess node)
    {
        Assert.Contains("paths", await ProblemAsync(node), StringComparison.Ordinal);
        var user = new OtherUser(node, User);
        Assert.EndsWith("\n200", await user.SendAsync("GET", "modules/open"), StringComparison.Ordinal);
        Assert.EndsWith("\n404", await user.SendAsync("GET", "modules/hidden"), StringComparison.Ordinal);
    }

    // The commit that takes the edit in is the one after the last.
    private static async Task EditAsync(NodeProcess node, string text)
    {
        var before = (await node.Client.HistoryAsync("access", 1, Token))[0].Revision;
        await File.WriteAllTextAsync(node.FileOf("access"), text, Token);
        await Eventually.IsSoAsync(async () => (await node.Client.HistoryAsync("access", 1, Token))[0].Revision > before);
    }

    private static async Task<string?> ProblemAsync(NodeProcess node) => (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "access").Problem;

    private static string Rule(string path) => $"config rule\n\toption effect 'allow'\n\tlist action 'read'\n\tlist principal 'uid:{User}'\n\tlist path '{path}'\n";

    private static Task<CommitReply> ImportAsync(NodeProcess node, string module, string text) => node.Client.ImportAsync(module, Encoding.UTF8.GetBytes(text), new() { WaitForFile = true }, Token);
}
