using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Somebody who may write one module, and wants more: what others have begun, and what the daemon could do for him as root.</summary>
public sealed class EscalationTests
{
    private const string Json = "Content-Type: application/json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_somebody_else_has_begun_is_as_if_it_were_not_there()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        var begun = await ProgramRun.CmsAsync(node, "begin");
        var id = begun.Output.Trim();
        Assert.NotEmpty(id);
        var (known, unknown) = ($"/api/v1/transactions/{id}", $"/api/v1/transactions/{new string('0', id.Length)}");
        foreach (var (method, path, body) in new[]
        {
            ("GET", "", ""), ("GET", "/modules/net", ""), ("POST", "/commit", "{}"), ("DELETE", "", ""), ("PUT", "/savepoints/a", ""), ("PUT", "/locks/net", ""),
            ("POST", "/modules/net/operations", """{"operations":[{"op":"set","section":"lan","option":"mtu","value":"1"}]}"""),
        })
        {
            string[] arguments = body.Length == 0 ? ["--request", method] : ["--request", method, "--header", Json, "--data", body];
            var (status, answer) = await ForeignUser.CurlAsync(node, known + path, arguments);
            var (otherStatus, other) = await ForeignUser.CurlAsync(node, unknown + path, arguments);
            Assert.Equal("404", status);
            Assert.Equal((otherStatus, other.Replace(new string('0', id.Length), id, StringComparison.Ordinal)), (status, answer));
        }

        Assert.DoesNotContain(id, (await ForeignUser.CurlAsync(node, "/api/v1/transactions")).Body, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "--transaction", id, "abort")).ExitCode);
    }

    [Theory]
    [InlineData("touch $ROOT/owned")]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("unix:/run/other.sock:/")]
    public async Task Nobody_but_an_administrator_has_the_daemon_run_or_ask_anything(string probe)
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        var commit = """{"operations":[{"op":"set","section":"lan","option":"mtu","value":"1400"}],"confirm":{"seconds":5,"probe":"PROBE"}}"""
            .Replace("PROBE", probe.Replace("$ROOT", node.Root, StringComparison.Ordinal), StringComparison.Ordinal);
        var (status, answer) = await ForeignUser.CurlAsync(node, "/api/v1/modules/net/commits", "--header", Json, "--data", commit);
        Assert.True(status == "403", answer);
        Assert.Contains("probe", answer, StringComparison.Ordinal);
        Assert.Equal(1, (await node.Client.GetAsync("net", Token)).Revision);
        Assert.False(File.Exists(Path.Combine(node.Root, "owned")));
    }

    [Fact]
    public async Task Nobody_but_an_administrator_has_the_daemon_write_a_database_anywhere()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        var target = Path.Combine(node.Root, "owned", "cron");
        var schema = $"config module 'net'\n\toption db_path '{target}'\n";
        var (status, answer) = await ForeignUser.CurlAsync(node, "/api/v1/modules/net/schema", "--request", "PUT", "--header", "Content-Type: application/x-uci", "--data-binary", schema);
        Assert.True(status == "403", answer);
        Assert.False(Directory.Exists(Path.GetDirectoryName(target)));

        // Without it the schema is his to register.
        (status, answer) = await ForeignUser.CurlAsync(
            node, "/api/v1/modules/net/schema", "--request", "PUT", "--header", "Content-Type: application/x-uci", "--data-binary", "config module 'net'\n");
        Assert.True(status == "200", answer);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_by_whomever_is_not_carried_out_again()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        var request = new CommitRequest { Operations = [new WireOperation { Op = "increment", Section = "lan", Option = "mtu" }], RequestId = "once" };
        Assert.Equal(2, (await node.Client.CommitAsync("net", request, Token)).Revision);
        const string Again = """{"operations":[{"op":"increment","section":"lan","option":"mtu"}],"requestId":"once"}""";
        for (var count = 0; count < 3; count++)
        {
            var (_, answer) = await ForeignUser.CurlAsync(node, "/api/v1/modules/net/commits", "--header", Json, "--data", Again);
            Assert.DoesNotContain("counters", answer, StringComparison.Ordinal);
        }

        var module = await node.Client.GetAsync("net", Token);
        Assert.Equal((2, ConfigValue.FromText("1501")), (module.Revision, module.Sections[0].Options["mtu"]));
    }

    [Fact]
    public async Task The_rules_themselves_are_not_his_to_write()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync("config rule 'most'\n\toption effect 'allow'\n\tlist principal 'uid:65534'\n\tlist action 'read'\n\tlist action 'write'\n\tlist path '*'\n");
        const string Grab = """{"operations":[{"op":"add","type":"rule","name":"mine"}]}""";
        var (status, answer) = await ForeignUser.CurlAsync(node, "/api/v1/modules/access/commits", "--header", Json, "--data", Grab);
        Assert.True(status is "403" or "404", answer);
        (status, answer) = await ForeignUser.CurlAsync(node, "/api/v1/bulk", "--header", "Content-Type: application/x-uci", "--data-binary", "set access.mine=rule\n");
        Assert.True(status is "403" or "404", answer);
        (status, answer) = await ForeignUser.CurlAsync(node, "/api/v1/modules/access");
        Assert.True(status is "403" or "404", answer);
    }

    [Theory]
    [InlineData("""{"op":"check","section":"lan","option":"mtu","value":"1"}""")]
    [InlineData("""{"op":"increment","section":"lan","option":"mtu","by":9223372036854775807}""")]
    public async Task Who_may_write_and_not_read_is_not_told_what_he_would_write_over(string operation)
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync("\nconfig rule 'blind'\n\toption effect 'allow'\n\tlist principal 'uid:65534'\n\tlist action 'write'\n\tlist path 'other'\n");
        await node.Client.ImportAsync("other", System.Text.Encoding.UTF8.GetBytes("config interface 'lan'\n\toption mtu '1500'\n"), new ImportOptions(), Token);
        var (status, answer) = await ForeignUser.CurlAsync(node, "/api/v1/modules/other/commits", "--header", Json, "--data", $$"""{"operations":[{{operation}}]}""");
        Assert.True(status.StartsWith('4'), answer);
        Assert.DoesNotContain("1500", answer, StringComparison.Ordinal);
    }

    private static async Task<NodeProcess> StartAsync(string more = "")
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await File.WriteAllTextAsync(
            node.FileOf("access"),
            "config rule 'net'\n\toption effect 'allow'\n\tlist principal 'uid:65534'\n\tlist action 'read'\n\tlist action 'watch'\n\tlist action 'write'\n\tlist action 'admin'\n\tlist path 'net'\n" + more,
            Token);
        await node.StartAsync();
        return node;
    }
}
