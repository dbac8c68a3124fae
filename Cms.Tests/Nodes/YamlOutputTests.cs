using System.Text;
using System.Text.Json.Nodes;
using Cms.Cli.Yaml;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>What is printed with --yaml is the document that is printed with --json.</summary>
public sealed class YamlOutputTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n\toption note 'two\n lines: \"quoted\"'\n\tlist dns '1.1.1.1'\n\nconfig rule\n\toption name 'one'\n";

    private static readonly string[] Reading =
    [
        "get net.lan.mtu", "get net.lan.dns", "get net.lan.note", "get net.lan.mtu --revision 1", "show net", "show net.lan", "show net.lan.dns", "show net --revision 1", "list", "list net", "changes",
        "table list net", "table scan net.hosts", "table find net.hosts name=a", "history", "history net.lan", "diff net 1 2", "diff net --staged", "diff net --file {file}", "export net", "apply -f {file} --dry-run",
        "status", "memory", "memory net", "backup list", "backup verify first", "topic list", "topic subscribe news --from-first -n 2", "confirmations", "watch net --since 0 -n 2", "schema list",
        "get net.lan.none", "show none", "import net --file none", "diff net x",
    ];

    private static readonly string[] Changing =
    [
        "set net.lan.mtu={n}", "commit -m {n}", "add net rule", "increment net.lan.count", "compare-and-set net.lan.x{n}=1", "rollback net --to 1", "import other --file {file}", "backup create b{n}", "backup restore first",
        "begin", "transaction list", "table insert net.hosts name=n{n} group=1", "topic publish news {n}", "status",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_that_prints_Json_prints_the_same_as_Yaml()
    {
        await using var node = await StartAsync();
        var file = Path.Combine(node.Root, "net.yaml");
        await File.WriteAllTextAsync(file, "sections: [{type: interface, name: lan, options: {mtu: 1, f: 1.5, key: {base64: /w==}}}]\n", Token);
        foreach (var line in Reading)
        {
            var words = line.Replace("{file}", file, StringComparison.Ordinal).Split(' ');
            var json = await ProgramRun.CmsAsync(node, [.. words, "--json"]);
            var yaml = await ProgramRun.CmsAsync(node, [.. words, "--yaml"]);
            Assert.Equal(json.ExitCode, yaml.ExitCode);
            Assert.NotEmpty(json.Output + json.Error);
            AssertSame(line, Json(json.Output), Yaml(yaml.Output));
            AssertSame(line, Json(json.Error), Yaml(yaml.Error));
        }

        foreach (var line in Changing)
        {
            string[] Words(int n) => line.Replace("{n}", $"{n}", StringComparison.Ordinal).Replace("{file}", file, StringComparison.Ordinal).Split(' ');
            await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=1");
            var json = await ProgramRun.CmsAsync(node, [.. Words(1), "--json"]);
            await ProgramRun.CmsAsync(node, "set", "net.lan.mtu=2");
            var yaml = await ProgramRun.CmsAsync(node, [.. Words(2), "--yaml"]);
            Assert.True((json.ExitCode, yaml.ExitCode) == (0, 0), $"{line}: {json.Error} {yaml.Error}");
            Assert.Equal(Json(json.Output).Select(Shape), Yaml(yaml.Output).Select(Shape));
        }
    }

    [Fact]
    public async Task Documents_of_a_stream_are_apart_by_a_line()
    {
        await using var node = await StartAsync();
        Assert.Contains("\n---\n", (await ProgramRun.CmsAsync(node, "watch", "net", "--since", "0", "-n", "2", "--yaml")).Output, StringComparison.Ordinal);
        Assert.Equal("- '1.1.1.1'\n", (await ProgramRun.CmsAsync(node, "get", "net.lan.dns", "--yaml")).Output);
    }

    private static void AssertSame(string line, List<JsonNode?> json, List<JsonNode?> yaml)
    {
        Assert.True(json.Count == yaml.Count, $"{line}: {json.Count} documents, {yaml.Count} in YAML");
        foreach (var (left, right) in json.Zip(yaml))
        {
            Assert.True(JsonNode.DeepEquals(left, right), $"{line}:\n{left}\n{right}");
        }
    }

    private static List<JsonNode?> Json(string text)
    {
        var whole = text.TrimStart();
        return whole.StartsWith("{\n", StringComparison.Ordinal)
            ? [JsonNode.Parse(whole)]
            : [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))];
    }

    private static List<JsonNode?> Yaml(string text) => Json(Encoding.UTF8.GetString(YamlDocument.Parse(Encoding.UTF8.GetBytes(text)).Json.Span));

    private static string Shape(JsonNode? node) => node switch
    {
        JsonObject members => $"{{{string.Join(',', members.Select(member => $"{member.Key}:{(member.Key is "modules" or "born" ? "" : Shape(member.Value))}"))}}}",
        JsonArray => "[]",
        _ => $"{node?.GetValueKind()}",
    };

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await node.StartAsync();
        await node.Client.ImportAsync("net", Encoding.UTF8.GetBytes(Text), new Cms.Client.ImportOptions(), Token);
        foreach (var line in new[]
        {
            "table create net.hosts name:string:20:key group:int", "table insert net.hosts name=a group=1", "set net.lan.mtu=1400", "commit -m second", "set net.lan.mtu=1300", "topic create news", "topic publish news a b",
            "backup create first",
        })
        {
            var (exitCode, _, error) = await ProgramRun.CmsAsync(node, line.Split(' '));
            Assert.True(exitCode == 0, $"{line}: {error}");
        }

        return node;
    }
}
