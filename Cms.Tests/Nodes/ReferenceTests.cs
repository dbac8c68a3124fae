using System.Text;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Fields that name sections of other modules of a real node.</summary>
public sealed class ReferenceTests
{
    private const string Schema = """
        config module 'rules'
        	option version '1.0.0'

        config section 'rule'

        config field
        	option section 'rule'
        	option name 'zone'
        	option validation 'ref:zones.zone'
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reference_leads_somewhere_and_what_it_leads_to_stays()
    {
        await using var node = await StartAsync();
        await RefusedAsync("rules.r.zone", () => SetAsync(node, "nowhere"));
        await SetAsync(node, "z0");
        await RefusedAsync("rules.r.zone", () => DeleteAsync(node, "z0"));
        await DeleteAsync(node, "z1");
        await RefusedAsync("rules.r.zone", () => CommitAsync(node, "zones", new WireOperation { Op = "rename", Section = "z0", Name = "other" }));
        await RefusedAsync("rules.r.zone", () => CommitAsync(node, "zones", new WireOperation { Op = "set", Section = "z0", Type = "other" }));
        await RefusedAsync("rules.r.zone", () => node.Client.ImportAsync("zones", "config zone 'z2'\n"u8.ToArray(), new ImportOptions { Message = "" }, Token));
    }

    [Fact]
    public async Task Both_ends_change_in_one_transaction()
    {
        await using var node = await StartAsync();
        await SetAsync(node, "z0");
        await node.Client.CommitAsync(
            new TransactionCommitRequest
            {
                Modules =
                [
                    new() { Module = "rules", Operations = [Set("fresh")] },
                    new() { Module = "zones", Operations = [new() { Op = "rename", Section = "z0", Name = "fresh" }] },
                ],
            },
            Token);
        var content = await node.Client.GetAsync("rules", Token);
        Assert.Equal("fresh", content.Sections.Single().Options["zone"].GetText());
    }

    [Fact]
    public async Task A_hand_edit_keeps_to_references_as_well()
    {
        await using var node = await StartAsync();
        await File.WriteAllTextAsync(node.FileOf("rules"), "config rule 'r'\n\toption zone 'nowhere'\n", Token);
        await StatusAsync(node, "rules", report => report.Problem?.Contains("rules.r.zone is 'nowhere'", StringComparison.Ordinal) == true);
        await File.WriteAllTextAsync(node.FileOf("rules"), "config rule 'r'\n\toption zone 'z1'\n", Token);
        await StatusAsync(node, "rules", report => report.Problem is null && report.Revision == 3);
        await File.WriteAllTextAsync(node.FileOf("zones"), "config zone 'z0'\n", Token);
        await StatusAsync(node, "zones", report => report.Problem?.Contains("rules.r.zone is 'z1'", StringComparison.Ordinal) == true);
        await node.StopAsync();
        await File.WriteAllTextAsync(node.FileOf("zones"), "config zone 'z1'\n\nconfig zone 'z9'\n", Token);
        await node.StartAsync();
        await StatusAsync(node, "zones", report => report.Problem is null && report.Revision == 2 && report.Sections == 2);
    }

    [Fact]
    public async Task A_hand_edit_of_before_the_start_is_compared_with_modules_that_open_later()
    {
        await using var node = await StartAsync("a_zones", "rules");
        await SetAsync(node, "z0");
        await node.StopAsync();
        await File.WriteAllTextAsync(node.FileOf("a_zones"), "config zone 'z1'\n", Token);
        await node.StartAsync();
        await StatusAsync(node, "a_zones", report => report.Problem?.Contains("rules.r.zone is 'z0'", StringComparison.Ordinal) == true);
        await node.StopAsync();
        await File.WriteAllTextAsync(node.FileOf("a_zones"), "config zone 'z0'\n\nconfig zone 'z1'\n\nconfig zone 'z2'\n", Token);
        await File.WriteAllTextAsync(node.FileOf("rules"), "config rule 'r'\n\toption zone 'z1'\n", Token);
        await node.StartAsync();
        await StatusAsync(node, "rules", report => report.Problem is null && report.Revision == 4);
    }

    [Fact]
    public async Task A_backup_of_modules_that_refer_to_each_other_is_restored_on_a_machine_without_them()
    {
        await using var node = await StartAsync("zones", "rules");
        await SetAsync(node, "z0");
        var backup = await node.Client.CreateBackupAsync(new BackupRequest { Name = "b" }, Token);
        await using var other = new NodeProcess();
        Directory.CreateDirectory(Path.Combine(other.StateDirectory, "backups"));
        File.Copy(Directory.GetFiles(Path.Combine(node.StateDirectory, "backups")).Single(), Path.Combine(other.StateDirectory, "backups", backup.Name + ".backup"));
        await other.StartAsync();
        await other.Client.RestoreAsync("b", new RestoreRequest(), Token);
        Assert.Equal("z0", (await other.Client.GetAsync("rules", Token)).Sections.Single().Options["zone"].GetText());
    }

    [Fact]
    public async Task Nobody_waits_for_himself()
    {
        await using var node = await StartAsync("zones", "rules");
        var twice = new TransactionModule { Module = "rules", Operations = [Set("z0")] };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync(new TransactionCommitRequest { Modules = [twice, twice] }, Token));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
        var own = "config module 'rules'\n\toption version '2.0.0'\n\nconfig section 'rule'\n\nconfig field\n\toption section 'rule'\n\toption name 'next'\n\toption validation 'ref:rules.rule'\n";
        await node.Client.RegisterSchemaAsync("rules", Encoding.UTF8.GetBytes(own), message: null, Token);
        var next = new WireOperation { Op = "set", Section = "r", Option = "next", Value = ConfigValue.FromText("r") };
        await CommitAsync(node, "rules", next);
        await RefusedAsync("rules.r.next", () => CommitAsync(node, "rules", next with { Value = ConfigValue.FromText("nobody") }));
    }

    [Fact]
    public async Task A_reference_into_a_module_that_there_is_not_makes_none()
    {
        await using var node = await StartAsync("zones", "rules");
        var elsewhere = Schema.Replace("1.0.0", "2.0.0", StringComparison.Ordinal).Replace("zones.zone", "ghost.zone", StringComparison.Ordinal);
        await node.Client.RegisterSchemaAsync("rules", Encoding.UTF8.GetBytes(elsewhere), message: null, Token);
        await RefusedAsync("rules.r.zone", () => SetAsync(node, "z0"));
        Assert.DoesNotContain((await node.Client.StatusAsync(Token)).Modules, module => module.Module == "ghost");
    }

    [Fact]
    public async Task Of_a_deletion_and_a_reference_that_race_one_is_refused()
    {
        await using var node = await StartAsync();
        var refusals = 0;
        for (var round = 0; round < 60; round++)
        {
            var zone = $"race{round}";
            await CommitAsync(node, "zones", new WireOperation { Op = "add", Type = "zone", Name = zone, Key = "z" });
            var both = await Task.WhenAll(RefusalOfAsync(() => DeleteAsync(node, zone)), RefusalOfAsync(() => SetAsync(node, zone)));
            Assert.Equal(ErrorCode.SchemaViolated, Assert.Single(both.OfType<Refusal>()).Code);
            refusals += both[0] is null ? 0 : 1;
            if (both[1] is null)
            {
                await CommitAsync(node, "rules", new WireOperation { Op = "delete", Section = "r", Option = "zone" });
            }
        }

        TestContext.Current.SendDiagnosticMessage($"the deletion was refused {refusals} times of 60");
    }

    [Fact]
    public async Task A_bulk_of_references_keeps_its_order()
    {
        await using var node = await StartAsync();
        var text = new StringBuilder();
        for (var round = 0; round < 500; round++)
        {
            text.Append("set rules.r.zone=z").Append(round % 2).Append('\n');
        }

        var result = await node.Client.BulkAsync(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())), new BulkOptions { Size = 7 }, Token);
        Assert.Null(result.Refusal);
        Assert.Equal("z1", (await node.Client.GetAsync("rules", Token)).Sections.Single().Options["zone"].GetText());
    }

    private static Task<NodeProcess> StartAsync() => StartAsync("zones", "rules");

    private static async Task<NodeProcess> StartAsync(string zones, string rules)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf(zones), "config zone 'z0'\n\nconfig zone 'z1'\n", Token);
        await File.WriteAllTextAsync(node.FileOf(rules), "config rule 'r'\n", Token);
        await node.StartAsync();
        await node.Client.RegisterSchemaAsync(rules, Encoding.UTF8.GetBytes(Schema.Replace("zones.zone", zones + ".zone", StringComparison.Ordinal)), message: null, Token);
        return node;
    }

    private static WireOperation Set(string zone) => new() { Op = "set", Section = "r", Option = "zone", Value = ConfigValue.FromText(zone) };

    private static Task<CommitReply> SetAsync(NodeProcess node, string zone) => CommitAsync(node, "rules", Set(zone));

    private static Task<CommitReply> DeleteAsync(NodeProcess node, string zone) => CommitAsync(node, "zones", new WireOperation { Op = "delete", Section = zone });

    private static Task<CommitReply> CommitAsync(NodeProcess node, string module, WireOperation operation) =>
        node.Client.CommitAsync(module, new CommitRequest { Operations = [operation] }, Token);

    private static async Task<Refusal?> RefusalOfAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal;
        }
    }

    private static async Task RefusedAsync(string path, Func<Task> ask)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(ask);
        Assert.Equal(ErrorCode.SchemaViolated, refused.Refusal.Code);
        Assert.Equal(path, Assert.Single(refused.Refusal.Violations).Path);
    }

    private static Task StatusAsync(NodeProcess node, string module, Func<ModuleReport, bool> isReached) =>
        Eventually.IsSoAsync(async () => isReached((await node.Client.StatusAsync(Token)).Modules.Single(report => report.Module == module)));
}
