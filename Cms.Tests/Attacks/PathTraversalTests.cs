using System.Text;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Names that would lead out of the directories of the node, in paths and in bodies, also encoded.</summary>
public sealed class PathTraversalTests
{
    private const string Uci = "config interface 'lan'\n\toption mtu '1'\n";

    private static readonly string[] Names =
    [
        "..", ".", "../escape", "..%2fescape", "%2e%2e%2fescape", "%2e%2e/escape", "..%5cescape", "..\\escape", "%252e%252e%252fescape", "%00", "net%00",
        "%2fetc%2fescape", "//escape", "....//escape", "..%c0%afescape", "%ef%bc%8e%ef%bc%8e%ef%bc%8fescape", "a%0aescape", "a%0d%0aescape", "%1b[31mescape",
        "net/../../escape", "net%2f..%2f..%2fescape", ".escape", "escape.cms-next", "a%20escape", "%80escape", "%E2%80%AEescape", "~root", "$HOME",
    ];

    private static readonly string[] Requests =
    [
        "PUT /api/v1/modules/{0} application/x-uci", "PUT /api/v1/modules/{0}?wait=true application/x-uci", "GET /api/v1/modules/{0} -", "PUT /api/v1/modules/{0}/schema application/x-uci",
        "POST /api/v1/modules/{0}/delta application/x-uci", "GET /api/v1/modules/{0}/memory -", "GET /api/v1/backups/{0} -", "POST /api/v1/backups/{0}/restore application/json",
        "PUT /api/v1/topics/{0} application/json", "DELETE /api/v1/topics/{0} -", "GET /api/v1/modules/{0}/tables/{0}/rows -", "PUT /api/v1/topics/{0}/subscriptions/{0} application/json",
        "GET /health/{0} -", "GET /api/v1/{0} -", "GET /{0} -",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_name_in_a_path_leads_out_of_the_directories()
    {
        await using var node = await StartAsync();
        var before = Files(node);
        foreach (var name in Names.Append(new string('a', 5000)))
        {
            foreach (var request in Requests)
            {
                var parts = request.Split(' ');
                var body = parts[2] == "application/json" ? "{}" : Uci;
                var head = $"{parts[0]} {parts[1].Replace("{0}", name, StringComparison.Ordinal)} HTTP/1.1\r\nHost: cms\r\nConnection: close\r\n";
                var answer = await RawConnection.ExchangeAsync(node, parts[2] == "-" ? head + "\r\n" : $"{head}Content-Type: {parts[2]}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
                Assert.True(RawConnection.Statuses(answer) is [>= 200 and < 500], $"{request} with {name}: {answer}");
                Assert.DoesNotContain("root:x:", answer, StringComparison.Ordinal);
            }
        }

        AssertInside(node, before);
        Assert.Contains("1500", await File.ReadAllTextAsync(node.FileOf("net"), Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/backups", "{\"name\":\"NAME\"}", "application/json")]
    [InlineData("/commits", "{\"modules\":[{\"module\":\"NAME\",\"operations\":[{\"op\":\"set\",\"section\":\"lan\",\"type\":\"interface\"}]}]}", "application/json")]
    [InlineData("/bulk", "{\"module\":\"NAME\",\"op\":\"set\",\"section\":\"lan\",\"type\":\"interface\"}\n", "application/x-ndjson")]
    [InlineData("/bulk", "set NAME.lan=interface\n", "application/x-uci")]
    [InlineData("/migrations/apply", "{\"migrations\":[{\"module\":\"NAME\",\"name\":\"NAME\",\"text\":\"\"}]}", "application/json")]
    public async Task No_name_in_a_body_leads_out_of_the_directories(string path, string template, string type)
    {
        await using var node = await StartAsync();
        var before = Files(node);
        using var http = NodeHttp.Client(node);
        foreach (var name in new[] { "..", "../escape", "/etc/escape", "..\\u002fescape", "\\u0000", "a/../../escape", "\\u001bescape", "a\\nescape", ".escape" })
        {
            using var content = new StringContent(template.Replace("NAME", name, StringComparison.Ordinal), Encoding.UTF8, type);
            using var answer = await http.PostAsync(new Uri("http://cms/api/v1" + path), content, Token);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{path} with {name}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        }

        AssertInside(node, before);
    }

    [Fact]
    public async Task No_name_in_a_document_leads_out_of_the_directories()
    {
        await using var node = await StartAsync();
        var before = Files(node);
        using var http = NodeHttp.Client(node);
        foreach (var name in new[] { "../escape", "/etc/escape", "\\u0000", "a\\nescape" })
        {
            using var content = new StringContent("""{"modules":{"NAME":{"sections":[]}}}""".Replace("NAME", name, StringComparison.Ordinal), Encoding.UTF8, "application/json");
            using var answer = await http.PutAsync(new Uri("http://cms/api/v1/modules"), content, Token);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{name}: {answer.StatusCode}");
        }

        AssertInside(node, before);
    }

    // What is made may only be a module's own text and segment, called as it is.
    private static void AssertInside(NodeProcess node, IReadOnlySet<string> before)
    {
        string[] known = [node.ConfigDirectory, Path.Combine(node.RunDirectory, "segments"), node.StateDirectory, Path.Combine(node.StateDirectory, "backups")];
        foreach (var made in Files(node).Except(before))
        {
            Assert.True(known.Contains(Path.GetDirectoryName(made)), made);
            Assert.True(made.All(letter => letter is > ' ' and <= '~'), made);
        }

        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(node.Root)!, "escape")));
        Assert.False(File.Exists("/etc/escape"));
    }

    private static HashSet<string> Files(NodeProcess node) =>
        [.. new[] { node.Root, node.RunDirectory }.SelectMany(root => Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories))];

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        return node;
    }
}
