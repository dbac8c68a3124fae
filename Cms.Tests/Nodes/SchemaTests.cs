using System.Text;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Storage.Journals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Modules of a real node that keep to schemas.</summary>
public sealed class SchemaTests
{
    private const string Schema = """
        config module 'net'
        	option version '1.0.0'

        config section 'interface'
        	option unknown 'refuse'

        config field
        	option section 'interface'
        	option name 'mtu'
        	option type 'int'
        	option validation 'range:68-9200'

        config field
        	option section 'interface'
        	option name 'proto'
        	option validation 'required|in:static,dhcp'
        """;

    private const string Good = "config interface 'lan'\n\toption proto 'static'\n\toption mtu '1500'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_schema_holds_from_its_registration_on_by_every_way()
    {
        await using var node = await StartAsync(Good);
        await RegisterAsync(node, Schema);
        var operation = new WireOperation { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText("70000") };
        await RefusedAsync(["net.lan.mtu"], () => node.Client.CommitAsync("net", new CommitRequest { Operations = [operation] }, Token));
        await RefusedAsync(["net.lan.mtu"], () => node.Client.CommitAsync(new TransactionCommitRequest { Modules = [new TransactionModule { Module = "net", Operations = [operation] }] }, Token));
        await RefusedAsync(["net.lan.proto"], () => node.Client.ImportAsync("net", "config interface 'lan'\n"u8.ToArray(), new ImportOptions { Message = "" }, Token));
        await RefusedAsync(["net.wan.proto"], () => node.Client.ImportAsync("net", "config interface 'wan'\n"u8.ToArray(), new ImportOptions { Message = "", Merge = true }, Token));
        await RefusedAsync(["net.lan.mtu"], () => node.Client.ApplyDeltaAsync("net", "net.lan.mtu='1'\n"u8.ToArray(), "d", Token));
        var statements = new MemoryStream(Encoding.UTF8.GetBytes("set net.lan.mtu=1\n"));
        Assert.Equal(ErrorCode.SchemaViolated, (await node.Client.BulkAsync(statements, new BulkOptions { IsAtomic = true }, Token)).Refusal?.Code);
        Assert.Equal(2, (await node.Client.GetAsync("net", Token)).Revision);
        await node.KillAsync();
        await node.StartAsync();
        await RefusedAsync(["net.lan.mtu"], () => node.Client.CommitAsync("net", new CommitRequest { Operations = [operation] }, Token));
    }

    [Fact]
    public async Task The_refusal_lists_every_place_with_its_rule_and_what_would_be_right()
    {
        await using var node = await StartAsync(Good);
        await RegisterAsync(node, Schema);
        await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=9999");
        await ProgramRun.CmsAsync(node, "set", "net.lan.proto=magic");
        await ProgramRun.CmsAsync(node, "set", "net.lan.ghost=1");
        var run = await ProgramRun.CmsAsync(node, "commit");
        Assert.Equal(16, run.ExitCode);
        Assert.Contains("net.lan.mtu is '9999'", run.Error);
        Assert.Contains("net.lan.proto is 'magic'", run.Error);
        Assert.Contains("net.lan.ghost", run.Error);
    }

    [Fact]
    public async Task A_schema_that_the_module_violates_is_refused_with_every_place()
    {
        await using var node = await StartAsync("config interface 'lan'\n\toption mtu '1'\n\nconfig interface 'wan'\n\toption proto 'x'\n");
        await RefusedAsync(["net.lan.mtu", "net.lan.proto", "net.wan.proto"], () => RegisterAsync(node, Schema));
        Assert.Equal(1, (await node.Client.GetAsync("net", Token)).Revision);
    }

    [Fact]
    public async Task Values_have_the_types_of_the_schema_in_what_is_there_and_in_what_is_written()
    {
        await using var node = await StartAsync(Good);
        await RegisterAsync(node, Schema);
        Assert.Equal(ElementType.Int, (await ValueAsync(node, "mtu")).ElementType);
        await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=1400");
        await ProgramRun.CmsAsync(node, "commit", "--wait");
        Assert.Equal((ElementType.Int, "1400"), ((await ValueAsync(node, "mtu")).ElementType, (await ValueAsync(node, "mtu")).GetText()));
        Assert.Contains("\toption mtu '1400'\n", await File.ReadAllTextAsync(node.FileOf("net"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defaults_are_served_and_marked()
    {
        await using var node = await StartAsync("config interface 'lan'\n\toption proto 'dhcp'\n");
        await RegisterAsync(node, Schema.Replace("'range:68-9200'", "'range:68-9200'\n\toption default '1500'", StringComparison.Ordinal));
        Assert.Equal("1500\n", (await ProgramRun.CmsAsync(node, "get", "net.lan.mtu")).Output);
        Assert.Equal("int\n", (await ProgramRun.CmsAsync(node, "get", "--type", "net.lan.mtu")).Output);
        Assert.Equal("net.lan=interface\nnet.lan.proto='dhcp'\n", (await ProgramRun.CmsAsync(node, "show", "net")).Output);
        Assert.Equal("net.lan=interface\nnet.lan.proto='dhcp'\nnet.lan.mtu='1500' # default\n", (await ProgramRun.CmsAsync(node, "show", "net", "--defaults")).Output);
        using var http = NodeHttp.Client(node);
        var answer = await http.GetStringAsync(new Uri("modules/net?defaults=true", UriKind.Relative), Token);
        Assert.Contains("\"options\":{\"proto\":\"dhcp\"},\"defaults\":{\"mtu\":1500}", answer, StringComparison.Ordinal);
        Assert.Equal(3, (await ProgramRun.CmsAsync(node, "exists", "net.lan.mtu")).ExitCode);
    }

    [Fact]
    public async Task A_hand_edit_that_the_schema_does_not_allow_is_left_alone_and_reported()
    {
        await using var node = await StartAsync(Good);
        await RegisterAsync(node, Schema);
        await File.WriteAllTextAsync(node.FileOf("net"), Good.Replace("1500", "1", StringComparison.Ordinal), Token);
        var status = await ModuleStatusAsync(node, report => report.Problem is not null);
        Assert.Contains("net.lan.mtu is '1'", status.Problem, StringComparison.Ordinal);
        Assert.Equal("1500", (await ValueAsync(node, "mtu")).GetText());
        await File.WriteAllTextAsync(node.FileOf("net"), Good.Replace("1500", "1300", StringComparison.Ordinal), Token);
        await ModuleStatusAsync(node, report => report.Problem is null && report.Revision == 3);
        Assert.Equal("1300", (await ValueAsync(node, "mtu")).GetText());
    }

    [Fact]
    public async Task Versions_grow_are_listed_and_compared_and_go_back_with_the_module()
    {
        await using var node = await StartAsync(Good);
        await RegisterAsync(node, Schema);
        Assert.Equal(0, (await RegisterAsync(node, Schema)).Changes);
        var changed = Schema.Replace("68-9200", "68-1500", StringComparison.Ordinal);
        await Assert.ThrowsAsync<RefusedException>(() => RegisterAsync(node, changed));
        await RegisterAsync(node, changed.Replace("1.0.0", "1.1.0", StringComparison.Ordinal));
        var list = await ProgramRun.CmsAsync(node, "schema", "list", "net");
        Assert.Equal("net                  1.0.0      since revision 2\nnet                  1.1.0      since revision 3\n", list.Output);
        var diff = await ProgramRun.CmsAsync(node, "schema", "diff", "net");
        Assert.Equal("~ module net version '1.0.0' -> '1.1.0'\n~ field interface.mtu validation 'range:68-9200' -> 'range:68-1500'\n", diff.Output);
        Assert.Equal(Schema + "\n", (await ProgramRun.CmsAsync(node, "schema", "show", "net", "--version", "1.0.0")).Output + "\n");
        await ProgramRun.CmsAsync(node, "rollback", "net", "--to", "2");
        Assert.Equal("net                  1.0.0      since revision 2\n", (await ProgramRun.CmsAsync(node, "schema", "list")).Output);
    }

    [Fact]
    public async Task Nobody_changes_the_table_of_a_schema_by_hand()
    {
        await using var node = await StartAsync(Good);
        await RegisterAsync(node, Schema);
        var drop = new WireOperation { Op = "drop_table", Table = "cms_schema" };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync("net", new CommitRequest { Operations = [drop] }, Token));
        Assert.Equal(ErrorCode.Denied, refused.Refusal.Code);
    }

    [Fact]
    public async Task A_schema_that_this_cms_cannot_read_keeps_readers_and_stops_writers_until_another_is_registered()
    {
        await using var node = await StartAsync(Good);
        await RegisterAsync(node, Schema);
        await node.StopAsync();
        await PlantAsync(node, Encoding.UTF8.GetBytes("config module 'net'\n\toption version '2.0.0'\n\nconfig riddle\n"));
        await node.StartAsync();
        Assert.Equal("1500", (await ValueAsync(node, "mtu")).GetText());
        Assert.Contains("schema cannot be read", (await ModuleStatusAsync(node, report => report.Problem is not null)).Problem, StringComparison.Ordinal);
        var operation = new WireOperation { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText("1400") };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync("net", new CommitRequest { Operations = [operation] }, Token));
        Assert.Equal(ErrorCode.Unavailable, refused.Refusal.Code);
        await RegisterAsync(node, Schema.Replace("1.0.0", "2.0.1", StringComparison.Ordinal));
        await node.Client.CommitAsync("net", new CommitRequest { Operations = [operation] }, Token);
        Assert.Equal("1400", (await ValueAsync(node, "mtu")).GetText());
    }

    [Fact]
    public async Task A_schema_of_another_module_and_one_with_mistakes_are_refused()
    {
        await using var node = await StartAsync(Good);
        var other = await Assert.ThrowsAsync<RefusedException>(() => node.Client.RegisterSchemaAsync("other", Encoding.UTF8.GetBytes(Schema), null, Token));
        Assert.Contains("of module 'net'", other.Message, StringComparison.Ordinal);
        var mistaken = await Assert.ThrowsAsync<RefusedException>(() => RegisterAsync(node, Schema.Replace("range:", "rnage:", StringComparison.Ordinal)));
        Assert.Contains("did you mean 'range'", mistaken.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await node.Client.GetAsync("net", Token)).Revision);
    }

    // As a later cms would have registered it.
    private static async Task PlantAsync(NodeProcess node, byte[] schema)
    {
        using var segment = SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", "net.seg"));
        var view = segment.Snapshot();
        await using var journal = SqliteJournal.Open(Path.Combine(node.StateDirectory, "journal.db"), Guid.Empty);
        var changes = SchemaTable.Push(view, new SchemaEdition(new SchemaVersion(2, 0, 0), schema));
        var commit = new CommitRecord(new ModuleName("net"), view.Revision.Next, DateTimeOffset.UnixEpoch, new CommitOrigin("test", "test", "", null), changes);
        await journal.AppendAsync([commit], Token);
    }

    private static async Task<NodeProcess> StartAsync(string text)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), text, Token);
        await node.StartAsync();
        return node;
    }

    private static Task<CommitReply> RegisterAsync(NodeProcess node, string schema) =>
        node.Client.RegisterSchemaAsync("net", Encoding.UTF8.GetBytes(schema), message: null, Token);

    private static async Task<ConfigValue> ValueAsync(NodeProcess node, string option) =>
        (await node.Client.GetAsync("net", Token)).Sections.Single(section => section.Name == "lan").Options[option];

    private static async Task<ModuleReport> ModuleStatusAsync(NodeProcess node, Func<ModuleReport, bool> isReached)
    {
        ModuleReport? report = null;
        await Eventually.IsSoAsync(async () => isReached(report = (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net")));
        return report!;
    }

    private static async Task RefusedAsync(IReadOnlyList<string> paths, Func<Task> ask)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(ask);
        Assert.Equal(ErrorCode.SchemaViolated, refused.Refusal.Code);
        Assert.Equal(paths, refused.Refusal.Violations.Select(violation => violation.Path));
    }
}
