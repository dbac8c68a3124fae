using System.Net;
using System.Text;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Wrong input to the API and to the command line: one line that names it and the rule, and nothing changes.</summary>
public sealed class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"operations\":[{\"op\":\"fly\",\"section\":\"lan\"}]}", 400, "there is no operation 'fly'")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"l-n\",\"option\":\"x\",\"value\":\"1\"}]}", 400, "section 'l-n' is not legal")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"lan\",\"option\":\"a b\",\"value\":\"1\"}]}", 400, "option name 'a b' is not legal")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"@rule[9]\",\"option\":\"x\",\"value\":\"1\"}]}", 404, "there is no section '@rule[9]'")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"#9\",\"option\":\"x\",\"value\":\"1\"}]}", 404, "there is no section '#9'")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"#8319104452916308343\",\"option\":\"x\",\"value\":\"1\"}]}", 404, "there is no section '#8319104452916308343'")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"#8390891583350661484\",\"option\":\"x\",\"value\":\"1\"}]}", 404, "there is no section '#8390891583350661484'")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"lan\",\"option\":\"x\"}]}", 400, "lacks 'value'")]
    [InlineData("{\"operations\":[{\"op\":\"set\",\"section\":\"lan\",\"option\":\"x\",\"value\":{\"a\":1}}]}", 400, "base64")]
    [InlineData("{\"operations\":[{\"op\":\"add\",\"type\":\"a b\",\"key\":\"k\"}]}", 400, "type 'a b' is not legal")]
    [InlineData("{\"operations\":[{\"op\":\"reorder\",\"section\":\"lan\",\"index\":-1}]}", 400, "negative")]
    [InlineData("{\"operations\":null}", 400, "")]
    [InlineData("{\"operations\":[null]}", 400, "")]
    [InlineData("{\"nonsense\":1}", 400, "nonsense")]
    [InlineData("{", 400, "not the JSON expected")]
    [InlineData("null", 400, "null")]
    public async Task Bad_input_gets_one_line_that_names_it_and_nothing_changes(string body, int status, string part)
    {
        using var http = NodeHttp.Client(fixture.Node);
        using var response = await http.PostAsync(new Uri("http://cms/api/v1/modules/net/commits"), new StringContent(body, Encoding.UTF8, "application/json"), Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(part, System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, (await fixture.Node.Client.GetAsync("net", Token)).Revision);
    }

    [Theory]
    [InlineData(2, "get", "net..x")]
    [InlineData(2, "get", "net.lan.a.b")]
    [InlineData(2, "get", "net")]
    [InlineData(3, "get", "net.lan.nope")]
    [InlineData(3, "get", "nope.lan.nope")]
    [InlineData(3, "get", "net.@rule[7].name")]
    [InlineData(2, "get", "net.@rule[x].name")]
    [InlineData(3, "set", "net.#8319104452916308343.x=1")]
    [InlineData(3, "get", "net.#8390891583350661484.port")]
    [InlineData(2, "set", "net.lan.x")]
    [InlineData(2, "set", "net.lan.x=\u0001")]
    [InlineData(2, "set", "net.new=a b")]
    [InlineData(3, "set", "net.nosuch.x=1")]
    [InlineData(4, "rename", "net.lan.mtu=dns")]
    [InlineData(2, "rename", "net.lan=a-b")]
    [InlineData(2, "reorder", "net.lan=first")]
    [InlineData(3, "delete", "net.lan.nope")]
    [InlineData(2, "delete", "net.lan.dns=x")]
    [InlineData(2, "add", "net", "bad type")]
    [InlineData(2, "add", "net")]
    [InlineData(2, "fly")]
    [InlineData(2, "get", "--fly", "net.lan.mtu")]
    [InlineData(3, "import", "net", "-f", "/nosuch/file")]
    [InlineData(2, "history", "net", "-n", "0")]
    [InlineData(3, "history", "nope")]
    public async Task Bad_input_exits_with_its_code_says_one_line_and_stages_nothing(int expected, params string[] arguments)
    {
        var (exitCode, output, error) = await ProgramRun.CmsAsync(fixture.Node, arguments);
        Assert.Equal((expected, ""), (exitCode, output));
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("cms: ", error, StringComparison.Ordinal);
        Assert.Equal((0, "", ""), await ProgramRun.CmsAsync(fixture.Node, "changes"));
    }

    /// <summary>One node for all, since nothing changes. The keys "wireless" and "lan.port" have eight bytes, as an id has.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal NodeProcess Node { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await File.WriteAllTextAsync(Node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n\tlist dns '1.1.1.1'\n\toption port '" + new string('1', 100) + "'\n\nconfig wifi 'wireless'\n\nconfig rule\n\toption name 'one'\n", Token);
            await Node.StartAsync();
        }

        public ValueTask DisposeAsync() => Node.DisposeAsync();
    }
}
