using System.Net.Http.Headers;
using System.Text;
using Cms.Formats.Access;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>References from a module that the caller may not read to one that he may write.</summary>
public sealed class AccessReferenceTests
{
    private const string Schema = "config module 'rules'\n\nconfig section 'rule'\n\nconfig field\n\toption section 'rule'\n\toption name 'zone'\n\toption validation 'ref:zones.zone'\n";
    private const string Delete = "{\"operations\":[{\"op\":\"delete\",\"section\":\"z0\"}]}";
    private static readonly KeyToken Key = KeyToken.Create("deploy");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", false)]
    [InlineData("rules.other", false)]
    [InlineData("rules.@rule.name", false)]
    [InlineData("rules.r.zone", true)]
    [InlineData("rules", true)]
    public async Task A_refusal_names_what_refers_only_to_who_may_read_it(string readable, bool isNamed)
    {
        await using var node = await StartAsync(readable);
        using var caller = NodeHttp.Client(node);
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key.Text);
        foreach (var (path, body) in new[]
        {
            ("modules/zones/commits", Delete), ("modules/zones/commits", Delete.Replace("delete", "rename\",\"name\":\"other", StringComparison.Ordinal)),
            ("commits", $"{{\"modules\":[{{\"module\":\"zones\",{Delete[1..]}]}}"), ("bulk?atomic=true", "delete zones.z0\n"), ("modules/zones/rollback", "{\"to\":0}"),
        })
        {
            var refused = await SendAsync(caller, path, body);
            Assert.StartsWith("422", refused, StringComparison.Ordinal);
            Assert.Equal(isNamed, refused.Contains("rules.r.zone", StringComparison.Ordinal));
            Assert.Equal(isNamed, refused.Contains("rules", StringComparison.Ordinal));
        }

        var done = await SendAsync(caller, "commits", "{\"modules\":[{\"module\":\"zones\",\"operations\":[{\"op\":\"delete\",\"section\":\"z1\"}]}]}");
        Assert.StartsWith("200", done, StringComparison.Ordinal);
        Assert.Contains("zones", done, StringComparison.Ordinal);
        Assert.Equal(readable.Length > 0, done.Contains("rules", StringComparison.Ordinal));
    }

    private static async Task<string> SendAsync(HttpClient caller, string path, string body)
    {
        using var answer = await caller.PostAsync(path, new StringContent(body, Encoding.UTF8, path.StartsWith("bulk", StringComparison.Ordinal) ? "application/x-uci" : "application/json"), Token);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}";
    }

    private static async Task<NodeProcess> StartAsync(string readable)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("zones"), "config zone 'z0'\n\nconfig zone 'z1'\n", Token);
        await File.WriteAllTextAsync(node.FileOf("rules"), "config rule 'r'\n\toption zone 'z0'\n", Token);
        await node.StartAsync();
        await node.Client.RegisterSchemaAsync("rules", Encoding.UTF8.GetBytes(Schema), message: null, Token);
        var access = $"config key 'deploy'\n\toption hash '{SecretHash.Create(Key.Text, SecretHash.LeastIterations)}'\n" + Rule("write", "zones") + Rule("read", "zones") + (readable.Length > 0 ? Rule("read", readable) : "");
        await node.Client.ImportAsync("access", Encoding.UTF8.GetBytes(access), new(), Token);
        return node;
    }

    private static string Rule(string action, string path) =>
        $"config rule\n\toption effect 'allow'\n\tlist action '{action}'\n\tlist principal 'key:deploy'\n\tlist path '{path}'\n";
}
