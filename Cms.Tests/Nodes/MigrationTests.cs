using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Tests.Migrations;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Migrations of a real node, by the command and by the client.</summary>
public sealed class MigrationTests
{
    private const string Users = "config user 'alice'\n\toption shell '/bin/sh'\n\toption uid '1000'\n\nconfig user 'bob'\n\toption uid '7'\n";
    private const string Up = "rename-option user shell program\nfor-each user where '{uid} < 1000'\ntransform @.uid '{uid} + 10000'\nend\n";
    private const string Down = "for-each user where '{uid} >= 10000'\ntransform @.uid '{uid} - 10000'\nend\nrename-option user program shell\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_migration_is_begun_tried_applied_and_taken_back_without_its_files()
    {
        await using var node = await StartAsync();
        var directory = Path.Combine(node.Root, "migrations");
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "migrate", "new", "auth", "1.0.0", "--directory", directory)).ExitCode);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "migrate", "apply", "--yes", "--directory", directory)).ExitCode);
        await ProgramRun.CmsAsync(node, "migrate", "new", "auth", "1.1.0", "--directory", directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "auth-1.1.0", "up"), Up, Token);

        var oneWay = await ProgramRun.CmsAsync(node, "migrate", "plan", "--directory", directory);
        Assert.Contains("auth-1.1.0 taken back would not leave as they are now: alice.shell", oneWay.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(directory, "auth-1.1.0", "down"), Down, Token);
        var plan = await ProgramRun.CmsAsync(node, "migrate", "plan", "--directory", directory);
        Assert.Equal("1. auth 1.0.0 -> 1.1.0\n--- auth 1.0.0\n+++ auth 1.1.0\n-auth.alice.shell='/bin/sh'\n+auth.alice.program='/bin/sh'\n-auth.bob.uid='7'\n+auth.bob.uid='10007'\n", plan.Output);
        Assert.Equal("", plan.Error);
        Assert.Equal("7", await GetAsync(node, "bob", "uid"));

        var apply = await ProgramRun.CmsAsync(node, "migrate", "apply", "--yes", "--directory", directory);
        Assert.Contains("auth 1.0.0 -> 1.1.0 is done, revision 3", apply.Output, StringComparison.Ordinal);
        Assert.Equal(("10007", "/bin/sh"), (await GetAsync(node, "bob", "uid"), await GetAsync(node, "alice", "program")));
        Assert.Equal("nothing to migrate\n", (await ProgramRun.CmsAsync(node, "migrate", "apply", "--yes", "--directory", directory)).Output);

        Directory.Delete(directory, recursive: true);
        await node.KillAsync();
        await node.StartAsync();
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "migrate", "rollback", "auth", "--yes")).ExitCode);
        Assert.Equal(("7", "/bin/sh"), (await GetAsync(node, "bob", "uid"), await GetAsync(node, "alice", "shell")));
        var history = (await ProgramRun.CmsAsync(node, "migrate", "history", "auth")).Output;
        Assert.StartsWith("auth 1.0.0  migrated\n", history, StringComparison.Ordinal);
        Assert.Contains("roll auth back 1.1.0 -> 1.0.0", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_new_schema_does_not_allow_is_listed_by_plan_and_by_apply_and_nothing_changes()
    {
        await using var node = await StartAsync();
        var directory = Path.Combine(node.Root, "migrations");
        await ProgramRun.CmsAsync(node, "migrate", "new", "auth", "1.0.0", "--directory", directory);
        await File.WriteAllTextAsync(
            Path.Combine(directory, "auth-1.0.0", "schema"),
            "config module 'auth'\n\toption version '1.0.0'\nconfig section 'user'\nconfig field 'uid'\n\toption section 'user'\n\toption type 'int'\n\toption validation 'required|min:5000'\n",
            Token);
        await File.WriteAllTextAsync(Path.Combine(directory, "auth-1.0.0", "up"), "rename .alice=carol\n", Token);

        var plan = await ProgramRun.CmsAsync(node, "migrate", "plan", "--directory", directory);
        var apply = await ProgramRun.CmsAsync(node, "migrate", "apply", "--yes", "--directory", directory);

        Assert.Equal((16, 16), (plan.ExitCode, apply.ExitCode));
        Assert.All([plan.Error, apply.Error], error => Assert.True(error.Contains("auth.carol.uid", StringComparison.Ordinal) && error.Contains("auth.bob.uid", StringComparison.Ordinal), error));
        Assert.Equal("1000", await GetAsync(node, "alice", "uid"));
        Assert.Empty(await node.Client.Migrations.ListAsync(Token));
    }

    [Fact]
    public async Task What_a_migration_requires_is_applied_first_and_held_to_in_the_daemon_too()
    {
        await using var node = await StartAsync();
        var needy = Wire("auth", null, "1.0.0", "", "", "network>=2.0.0");
        Assert.Equal(ErrorCode.NotFound, (await RefusedAsync(() => ApplyAsync(node, needy))).Code);
        await ApplyAsync(node, Wire("network", null, "1.0.0", "", ""));
        var early = await RefusedAsync(() => ApplyAsync(node, needy));
        Assert.Equal(ErrorCode.Conflict, early.Code);
        Assert.Contains("auth-1.0.0 requires network>=2.0.0, and it has 1.0.0", early.Message, StringComparison.Ordinal);

        var reply = await ApplyAsync(node, Wire("network", "1.0.0", "2.0.0", "", ""), needy);
        Assert.Equal(["network 2.0.0", "auth 1.0.0"], reply.Steps.Select(step => $"{step.Module} {step.To}"));

        var needed = await RefusedAsync(() => RollBackAsync(node, "network", null));
        Assert.Contains("auth 1.0.0 requires network>=2.0.0; roll auth back behind 1.0.0 first", needed.Message, StringComparison.Ordinal);
        await RollBackAsync(node, "auth", null);
        await RollBackAsync(node, "network", "1.0.0");
        Assert.Equal(["network 1.0.0"], (await node.Client.Migrations.ListAsync(Token)).Select(state => $"{state.Module} {state.Version}"));
    }

    [Fact]
    public async Task Of_several_migrations_those_before_a_refused_one_stay()
    {
        await using var node = await StartAsync();
        var good = Wire("auth", null, "1.0.0", "set .alice.uid=1\n", "");
        var bad = Wire("auth", "1.0.0", "1.1.0", "set .alice.uid=2\nset .nobody.uid=1\n", "");

        var refusal = await RefusedAsync(() => ApplyAsync(node, good, bad));

        Assert.Contains("auth-1.1.0/up, line 2, column 1: there is no section 'nobody'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("1", await GetAsync(node, "alice", "uid"));
        Assert.Equal(ErrorCode.AlreadyExists, (await RefusedAsync(() => ApplyAsync(node, good))).Code);
        Assert.Equal(ErrorCode.Conflict, (await RefusedAsync(() => ApplyAsync(node, Wire("auth", "0.9.0", "1.2.0", "", "")))).Code);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_does_nothing_twice()
    {
        await using var node = await StartAsync();
        await ApplyAsync(node, Wire("auth", null, "1.0.0", "", ""), Wire("auth", "1.0.0", "1.1.0", Up, Down), Wire("auth", "1.1.0", "1.2.0", "", ""));
        var back = new MigrationRollbackRequest { Module = "auth", RequestId = "once" };

        var first = await node.Client.Migrations.RollBackAsync(back, Token);
        var again = await node.Client.Migrations.RollBackAsync(back, Token);

        Assert.Equal(first.Steps[0].Revision, again.Steps[0].Revision);
        Assert.Equal("1.1.0", (await node.Client.Migrations.ListAsync(Token)).Single().Version);
    }

    [Theory]
    [InlineData("data.sql", "", "'data.sql' is SQL, and no module keeps tables in PostgreSQL")]
    [InlineData("migration", "config migration 'auth'\n\toption to '2.0.0'\n", "its file migration says auth 2.0.0; the directory must be called auth-2.0.0")]
    [InlineData("up", "set network.lan.mtu=1\n", "auth-1.0.0/up, line 1, column 1: 'network' is not the module of this migration")]
    [InlineData("schema", "config module 'auth'\n\toption version '3.0.0'\n", "auth-1.0.0/schema: it is the schema of auth 3.0.0")]
    public async Task A_directory_that_is_not_legal_is_refused_before_anything_is_sent(string file, string text, string expected)
    {
        await using var node = await StartAsync();
        var directory = Path.Combine(node.Root, "migrations");
        await ProgramRun.CmsAsync(node, "migrate", "new", "auth", "1.0.0", "--directory", directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "auth-1.0.0", file), text, Token);

        var apply = await ProgramRun.CmsAsync(node, "migrate", "apply", "--yes", "--directory", directory);

        Assert.Equal(2, apply.ExitCode);
        Assert.Contains(expected, apply.Error, StringComparison.Ordinal);
        Assert.Empty(await node.Client.Migrations.ListAsync(Token));
    }

    [Fact]
    public async Task Killed_at_any_moment_versions_and_data_agree()
    {
        const int Kills = 8;
        const int Steps = 6;
        var seed = System.Environment.TickCount;
        var random = new Random(seed);
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("auth"), string.Concat(Enumerable.Range(0, 3000).Select(index => string.Create(CultureInfo.InvariantCulture, $"config user 'u{index}'\n\toption level '0'\n"))), Token);
        await node.StartAsync();
        await ApplyAsync(node, Wire("auth", null, "1.0.0", "", ""));
        for (var kill = 0; kill < Kills; kill++)
        {
            var level = await LevelAsync(node, seed);
            var going = kill % 2 == 0
                ? TryAsync(() => ApplyAsync(node, [.. Enumerable.Range(level, Steps - level).Select(Step)]))
                : TryAsync(() => RollBackAsync(node, "auth", "1.0.0"));

            // The moment of death is meant to be random; there is no event to wait for.
            await Task.Delay(random.Next(1, 150), Token);
            await node.KillAsync();
            await going;
            await node.StartAsync();
        }

        var last = await LevelAsync(node, seed);
        if (last < Steps)
        {
            await ApplyAsync(node, [.. Enumerable.Range(last, Steps - last).Select(Step)]);
        }

        Assert.Equal(Steps, await LevelAsync(node, seed));
    }

    private static WireMigration Step(int level) => Wire(
        "auth",
        string.Create(CultureInfo.InvariantCulture, $"1.{level}.0"),
        string.Create(CultureInfo.InvariantCulture, $"1.{level + 1}.0"),
        "for-each user\ntransform @.level '{level} + 1'\nend\n",
        "for-each user\ntransform @.level '{level} - 1'\nend\n");

    // The version says how often each section was changed.
    private static async Task<int> LevelAsync(NodeProcess node, int seed)
    {
        var version = (await node.Client.Migrations.ListAsync(Token)).Single().Version;
        var level = int.Parse(version.Split('.')[1], CultureInfo.InvariantCulture);
        var content = await node.Client.GetAsync("auth", Token);
        Assert.Equal(3000, content.Sections.Count);
        Assert.All(content.Sections, section => Assert.True(section.Options["level"].ReadInt() == level, $"seed {seed}: {section.Name} is at {section.Options["level"]}, the module at {version}"));
        return level;
    }

    private static async Task TryAsync(Func<Task<MigrationReply>> send)
    {
        try
        {
            await send();
        }
        catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.UnknownOutcome or ErrorCode.Unavailable)
        {
            // The daemon was killed on the way.
        }
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("auth"), Users, Token);
        await node.StartAsync();
        return node;
    }

    private static WireMigration Wire(string module, string? from, string to, string up, string down, params string[] requires) =>
        WireMigration.Of(PlannedMigrations.Make(module, from ?? "-", to, up, down, requires));

    private static Task<MigrationReply> ApplyAsync(NodeProcess node, params IReadOnlyList<WireMigration> migrations) =>
        node.Client.Migrations.ApplyAsync(new MigrationApplyRequest { Migrations = migrations }, Token);

    private static Task<MigrationReply> RollBackAsync(NodeProcess node, string module, string? to) =>
        node.Client.Migrations.RollBackAsync(new MigrationRollbackRequest { Module = module, To = to }, Token);

    private static async Task<Refusal> RefusedAsync(Func<Task> ask) => (await Assert.ThrowsAsync<RefusedException>(ask)).Refusal;

    private static async Task<string?> GetAsync(NodeProcess node, string section, string option) =>
        (await node.Client.GetAsync("auth", Token)).Sections.Single(each => each.Name == section).Options.GetValueOrDefault(option)?.GetText();
}
