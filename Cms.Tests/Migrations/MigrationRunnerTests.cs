using Cms.Actors.Migrations;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Storage.Journals;
using Cms.Tests.Confirmations;
using Xunit;

namespace Cms.Tests.Migrations;

/// <summary>Migrations of a node inside the test's own process.</summary>
public class MigrationRunnerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rollback_that_is_asked_for_again_has_the_first_answer()
    {
        await using var node = await ClockedNode.StartNewAsync();
        await ApplyAsync(node, "net - 1.0.0", "net 1.0.0 1.1.0", "net 1.1.0 1.2.0");

        var two = await RollBackAsync(node, "net", "1.0.0", "two");
        Assert.Equal(["1.2.0 -> 1.1.0", "1.1.0 -> 1.0.0"], two.Select(step => $"{step.From} -> {step.To}"));
        Assert.Equal(Show(two), Show(await RollBackAsync(node, "net", "1.0.0", "two")));

        var last = await RollBackAsync(node, "net", null, "last");
        await node.SetAsync("net", "1400");
        Assert.Equal(Show(last), Show(await RollBackAsync(node, "net", null, "last")));
        await ApplyAsync(node, "net - 1.0.0", "net 1.0.0 1.1.0");
        Assert.Equal(Show(two), Show(await RollBackAsync(node, "net", "1.0.0", "two")));
        Assert.Equal("1.1.0", node.Node.Migrations.Installed()["net"][^1].Version.ToString());
    }

    [Fact]
    public async Task A_request_id_of_something_else_takes_nothing_back()
    {
        await using var node = await ClockedNode.StartNewAsync();
        await ApplyAsync(node, "net - 1.0.0");
        Assert.Null((await node.Node.Migrations.ApplyAsync(PlannedMigrations.Parse("net 1.0.0 1.1.0"), Origin("used"), waitForFile: false, Token)).Reply.Refusal);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => RollBackAsync(node, "net", null, "used"));

        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        Assert.StartsWith("the request id 'used' was that of another request", refused.Message, StringComparison.Ordinal);
        Assert.Equal("1.1.0", node.Node.Migrations.Installed()["net"][^1].Version.ToString());
    }

    [Fact]
    public async Task The_turn_of_a_migration_ends_with_it_and_not_with_its_caller()
    {
        await using var node = await ClockedNode.StartNewAsync();
        await ApplyAsync(node, "net - 1.0.0");
        var slow = PlannedMigrations.Make("net", "1.0.0", "1.1.0", string.Concat(Enumerable.Repeat($"transform .lan.x 'length(upper(\"{new string('a', 80)}\"))'\n", 8000)), "");
        using var gone = new CancellationTokenSource();

        var going = node.Node.Migrations.ApplyAsync(slow, Origin(null), waitForFile: false, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => going);
        var back = await RollBackAsync(node, "net", null, null);

        Assert.Equal(["1.1.0 -> 1.0.0"], back.Select(step => $"{step.From} -> {step.To}"));
        Assert.Null(back[0].Reply.Refusal);
    }

    [Fact]
    public async Task Modules_that_require_a_module_hold_still_while_it_goes_back()
    {
        await using var node = await ClockedNode.StartNewAsync();
        await ApplyAsync(node, "net - 1.0.0", "net 1.0.0 1.1.0", "other - 1.0.0 net>=1.0.0");

        var back = await RollBackAsync(node, "net", "1.0.0", null);

        Assert.Null(back.Single().Reply.Refusal);
        Assert.NotNull(node.Node.History.Commits.OfModule(new ModuleName("net"), before: null, count: 1).Single().TransactionId);
    }

    private static async Task ApplyAsync(ClockedNode node, params string[] lines)
    {
        foreach (var line in lines)
        {
            Assert.Null((await node.Node.Migrations.ApplyAsync(PlannedMigrations.Parse(line), Origin(null), waitForFile: false, Token)).Reply.Refusal);
        }
    }

    private static Task<IReadOnlyList<MigrationStepReply>> RollBackAsync(ClockedNode node, string module, string? version, string? requestId) =>
        node.Node.Migrations.RollBackAsync(module, version is null ? null : SchemaVersion.TryParse(version), Origin(requestId), waitForFile: false, Token);

    private static CommitOrigin Origin(string? requestId) => new("uid:0", "unix", "", requestId);

    private static string Show(IEnumerable<MigrationStepReply> steps) =>
        string.Join(", ", steps.Select(step => $"{step.Module} {step.From} -> {step.To} at {step.Reply.Revision}, {step.Reply.ChangeCount} changes, {step.Reply.Refusal?.Message}"));
}
