using System.Globalization;
using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>What the section <c>config module</c> of a schema has a real node do.</summary>
public sealed class SchemaSettingsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Db_path_has_a_database_follow_the_module()
    {
        await using var node = await StartAsync("config user 'eve'\n\toption quota '5'\n\tlist group 'a'\n\tlist group 'b'\n\nconfig rule\n");
        var path = Path.Combine(node.Root, "auth.db");
        await RegisterAsync(node, $"config module 'auth'\n\toption version '1.0.0'\n\toption db_path '{path}'\n\nconfig field\n\toption name 'quota'\n\toption type 'int'\n");
        await WaitAsync(path, 2);
        Assert.Equal(["eve user 0", " rule 1"], Query(path, "SELECT coalesce(name, '') || ' ' || type || ' ' || place FROM sections ORDER BY place"));
        Assert.Equal(["group 0 a text", "group 1 b text", "quota - 5 integer"], Query(path, "SELECT name || ' ' || coalesce(element, '-') || ' ' || value || ' ' || typeof(value) FROM options ORDER BY name, element"));
        await ProgramRun.CmsAsync(node, "table", "create", "auth.leases", "mac:string:17:key", "age:int");
        await ProgramRun.CmsAsync(node, "set", "auth.eve.quota=7");
        await ProgramRun.CmsAsync(node, "commit");
        await node.StopAsync();
        Assert.Equal(["7"], Query(path, "SELECT value FROM options WHERE name = 'quota'"));
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_is_reported_and_hinders_nobody()
    {
        await using var node = await StartAsync("config user 'eve'\n");
        await RegisterAsync(node, "config module 'auth'\n\toption version '1.0.0'\n\toption db_path '/proc/nowhere/auth.db'\n");
        await WaitForProblemAsync(node, "db_path");
        var set = new WireOperation { Op = "set", Section = "eve", Option = "a", Value = ConfigValue.FromText("1") };
        Assert.Equal(3, (await node.Client.CommitAsync("auth", new CommitRequest { Operations = [set] }, Token)).Revision);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_stay_apart_in_the_database()
    {
        await using var node = await StartAsync("config user 'eve'\n");
        var path = Path.Combine(node.Root, "auth.db");
        await ProgramRun.CmsAsync(node, "table", "create", "auth.Leases", "mac:string:17:key", "Mac:int", "mac_2:int");
        await ProgramRun.CmsAsync(node, "table", "create", "auth.leases", "mac:string:17:key");
        var committed = await ProgramRun.CmsAsync(node, "commit");
        Assert.True(committed.ExitCode == 0, committed.Error);
        await RegisterAsync(node, $"config module 'auth'\n\toption version '1.0.0'\n\toption db_path '{path}'\n");
        await node.StopAsync();
        Assert.Single(Query(path, "SELECT name FROM sqlite_schema WHERE lower(name) = 'table_leases'"));
        Assert.Single(Query(path, "SELECT name FROM sqlite_schema WHERE lower(name) = 'table_leases_2'"));
        Assert.Equal(["Mac_3", "mac", "mac_2"], Query(path, "SELECT c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.name LIKE 'table_leases%' AND t.sql LIKE '%mac_2%' ORDER BY c.name"));
    }

    [Fact]
    public async Task Db_path_replaces_no_other_file()
    {
        await using var node = await StartAsync("config user 'eve'\n");
        var journal = Path.Combine(node.StateDirectory, "journal.db");
        Assert.True(File.Exists(journal));
        await RegisterAsync(node, $"config module 'auth'\n\toption version '1.0.0'\n\toption db_path '{journal}'\n");
        await WaitForProblemAsync(node, $"{journal} is no database that cms has written");
        await node.StopAsync();
        await node.StartAsync();
        Assert.Equal(2, (await node.Client.HistoryAsync("auth", 9, Token))[0].Revision);
        Assert.Contains("commits", Query(journal, "SELECT name FROM sqlite_schema WHERE type = 'table'"));
    }

    [Fact]
    public async Task Cache_size_bounds_what_the_module_takes()
    {
        await using var node = await StartAsync("config user 'eve'\n");
        await RegisterAsync(node, "config module 'auth'\n\toption version '1.0.0'\n\toption cache_size '1M'\n");
        Refusal? refusal = null;
        for (var number = 0; refusal is null && number < 64; number++)
        {
            var option = string.Create(CultureInfo.InvariantCulture, $"o{number}");
            var set = new WireOperation { Op = "set", Section = "eve", Option = option, Value = ConfigValue.FromText(new string('x', 100_000)) };
            try
            {
                await node.Client.CommitAsync("auth", new CommitRequest { Operations = [set] }, Token);
            }
            catch (RefusedException refused)
            {
                refusal = refused.Refusal;
            }
        }

        Assert.Equal(ErrorCode.SegmentFull, refusal?.Code);
        Assert.Contains("cache_size", refusal!.Message, StringComparison.Ordinal);
        Assert.InRange((await node.Client.MemoryAsync("auth", Token)).Modules.Single().AllocatedBytes, 1, 1 << 20);
        await node.Client.CommitAsync("auth", new CommitRequest { Operations = [new WireOperation { Op = "delete", Section = "eve", Option = "o0" }] }, Token);
    }

    private static async Task<NodeProcess> StartAsync(string text)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("auth"), text, Token);
        await node.StartAsync();
        return node;
    }

    private static Task<CommitReply> RegisterAsync(NodeProcess node, string schema) =>
        node.Client.RegisterSchemaAsync("auth", Encoding.UTF8.GetBytes(schema), message: null, Token);

    private static Task WaitForProblemAsync(NodeProcess node, string text) => Eventually.IsSoAsync(async () =>
        (await node.Client.StatusAsync(Token)).Modules.Single().Problem?.Contains(text, StringComparison.Ordinal) == true);

    private static Task WaitAsync(string path, int revision) => Eventually.IsSoAsync(() =>
        File.Exists(path) && Query(path, "SELECT revision FROM module") is [var found] && found == revision.ToString(CultureInfo.InvariantCulture));

    private static List<string> Query(string path, string statement)
    {
        SqliteLibrary.Bind();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the tests' own.
        command.CommandText = statement;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }
}
