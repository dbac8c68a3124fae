using Cms.Actors.Modules;
using Cms.Actors.Topics;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Gateways.Requests;
using Cms.Gateways.Watching;
using Cms.Storage.Journals;
using Cms.Tests.Edits;
using Cms.Tests.Topics;
using Xunit;

namespace Cms.Tests.Watching;

/// <summary>What a watch may hear, by the rules of the moment.</summary>
public sealed class WatchRightsTests
{
    private static readonly Principal Anna = new("user:anna");

    [Fact]
    public async Task What_may_not_be_heard_is_not_told_and_rights_end_with_the_rules_and_with_what_was_shown()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", "config interface 'lan'\n\toption mtu '1500'\n");
        var proof = new Proof();
        var rights = new WatchRights(new CallerScope(embedded.Node.Access, Anna), proof, AccessPath.Node);
        Assert.Contains("rules", rights.WhyGone, StringComparison.Ordinal);
        await ImportAsync(embedded, "access", "config rule\n\toption effect 'allow'\n\tlist action 'read'\n\tlist action 'watch'\n\tlist principal 'user:anna'\n\tlist path 'net.lan'\n");
        Assert.Null(rights.WhyGone);
        Assert.Equal((true, false), (rights.Hears(new ModuleName("net")), rights.Hears(new ModuleName("other"))));
        using var heard = embedded.Node.Topics.Subscribe([TopicPattern.Parse("*")], since: null, wantsOld: true);
        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "1"));
        var told = Assert.Single(await heard.TakeAsync(TestContext.Current.CancellationToken));
        Assert.Same(told, rights.Filter(told));
        Assert.Equal(["net"], rights.Filter(heard.Position).Revisions.Keys);
        proof.Holds = false;
        Assert.Contains("vouched", rights.WhyGone, StringComparison.Ordinal);
        proof.Holds = true;
        await ImportAsync(embedded, "access", "");
        Assert.Contains("rules", rights.WhyGone, StringComparison.Ordinal);
        Assert.Null(rights.Filter(told));
        Assert.Empty(rights.Filter(heard.Position).Revisions);
        Assert.True(rights.EndByThemselves);
        Assert.False(new WatchRights(new CallerScope(embedded.Node.Access, Anna), proof: null, AccessPath.Node).EndByThemselves);
    }

    private static async Task ImportAsync(EmbeddedNode embedded, string module, string text)
    {
        var reply = await embedded.Node.Modules.GetOrStart(module).AskAsync(
            new ModuleCommand.Replace(new CommitOrigin("uid:0", "test", "", null), MergeAssert.Parse(text)), TestContext.Current.CancellationToken);
        Assert.Null(reply.Refusal);
    }

    private sealed class Proof : ICallerProof
    {
        public bool Holds { get; set; } = true;
    }
}
