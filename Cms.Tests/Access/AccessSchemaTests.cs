using System.Text;
using Cms.Formats.Access;
using Cms.Formats.Uci;
using Cms.Gateways.Authentication.Credentials;
using Cms.Tests.Nodes;
using Cms.Tests.Schemas;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Access;

/// <summary>The schema of module <c>access</c> allows what its readers take and the documents show, and refuses what they do not take.</summary>
public sealed class AccessSchemaTests
{
    private static readonly string[] Types = ["role", "rule", "user", "key", "issuer", "limit", "segment"];

    public static TheoryData<string, int> Documents => new() { { "docs/access.md", 2 }, { "docs/authentication.md", 1 }, { "docs/operations.md", 1 } };

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_examples_of_the_documents_are_right_and_can_be_read(string document, int least)
    {
        var examples = Repository.Read(document).Split("```").Where((_, index) => index % 2 == 1).Where(IsOfAccess).ToList();
        Assert.True(examples.Count >= least, $"{examples.Count} examples");
        Assert.All(examples, AssertRight);
    }

    [Theory]
    [InlineData("config user 'anna'\n\toption disable '1'\n", "access.anna.disable unknown:refuse")]
    [InlineData("config user 'anna'\n\tlist role 'nobody'\n", "access.anna.role ref:role")]
    [InlineData("config user\n\toption disabled '1'\n", "access.@user[0] named:required")]
    [InlineData("config key 'deploy'\n\toption expires '2027-03-01'\n", "access.deploy.hash required")]
    [InlineData("config key 'deploy'\n\toption hash 'x'\n\tlist scope 'network'\n", "access.deploy.scope regex:^(read|watch|write|admin)(,(read|watch|write|admin))* [!-~]+$")]
    [InlineData("config key 'deploy'\n\toption hash 'x'\n\toption disabled 'perhaps'\n", "access.deploy.disabled type:bool")]
    [InlineData("config issuer 'corp'\n\toption issuer 'a'\n\tlist algorithm 'RS256'\n", "access.corp.audience required")]
    [InlineData("config issuer 'corp'\n\toption issuer 'a'\n\tlist audience 'b'\n\tlist algorithm 'none'\n", "access.corp.algorithm values:RS256,PS256,ES256,HS256")]
    [InlineData("config issuer 'corp'\n\toption issuer 'a'\n\tlist audience 'b'\n\tlist algorithm 'HS256'\n", "access.corp.secret_file required_if:algorithm=HS256")]
    [InlineData("config issuer 'corp'\n\toption issuer 'a'\n\tlist audience 'b'\n\tlist algorithm 'RS256'\n\toption clock_skew '601'\n", "access.corp.clock_skew max:600")]
    [InlineData("config limit\n\toption principal 'key:ci'\n", "access.@limit[0].rate required")]
    [InlineData("config limit\n\toption principal 'key:ci'\n\toption address '10.0.0.0/8'\n\toption rate '5'\n", "access.@limit[0].principal forbidden_if:address")]
    [InlineData("config limit\n\toption address '10.0.0.0/8'\n\toption rate '1000001'\n", "access.@limit[0].rate max:1000000")]
    [InlineData("config limit\n\toption address 'home'\n\toption rate '5'\n", "access.@limit[0].address type:cidr")]
    [InlineData("config limit\n\toption address '10.0.0.0/8'\n\toption rate '5'\n\toption burst '0'\n", "access.@limit[0].burst range:1-1000000000")]
    [InlineData("config segment\n\toption module 'access'\n\toption group 'netdev'\n", "access.@segment[0].module not:access")]
    public void What_no_reader_takes_is_a_violation(string text, string violation) => Assert.Contains(violation, SchemaSample.Violations(Schema, text));

    [Fact]
    public void Rules_and_roles_have_the_options_that_their_reader_knows()
    {
        var rule = SchemaSample.Schema(Schema).Types.Single(type => type.Type == "rule");
        Assert.Equal(AccessRuleReader.RuleOptions.Order(), rule.Fields.Select(field => field.Name).Order());
    }

    [Fact]
    public async Task What_the_commands_write_is_right()
    {
        await using var node = new NodeProcess();
        await node.StartAsync();
        await node.Client.ImportAsync("access", Encoding.UTF8.GetBytes("config role 'operators'\n"), new(), TestContext.Current.CancellationToken);
        string[][] commands =
        [
            ["schema", "register", Path.Join(Repository.Root, "packaging", "schemas", "access")],
            ["key", "create", "deploy", "--role", "operators", "--expires", "2027-03-01", "--scope", "read,write network.*"],
            ["key", "create", "forever"],
            ["user", "add", "anna", "--role", "operators"],
        ];
        foreach (var command in commands)
        {
            var run = command[0] == "user" ? await ProgramRun.CmsWithInputAsync(node, "correct horse\n", command) : await ProgramRun.CmsAsync(node, command);
            Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}: {run.Error}");
        }
    }

    private static string Schema => Repository.Read("packaging/schemas/access");

    private static bool IsOfAccess(string example)
    {
        var types = example.Split('\n').Where(line => line.StartsWith("config ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToList();
        return types.Count > 0 && types.All(Types.Contains);
    }

    private static void AssertRight(string example)
    {
        Assert.Empty(SchemaSample.Violations(Schema, example));
        var module = UciPackage.Parse("access", Encoding.UTF8.GetBytes(example), UciReaderOptions.Default);
        Assert.NotNull(AccessRules.Read(module, out _));
        _ = LimitRules.Read(module, out var problems);
        Assert.Empty(problems);
        Assert.Empty(CredentialReader.Read(module).Problems);
    }
}
