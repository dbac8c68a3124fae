using System.Globalization;
using System.Net;
using System.Text;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Small texts that are meant to take much: depth, repeated members, huge numbers, endless lines, masses of sections.</summary>
public sealed class BombTests(BombTests.Fixture fixture) : IClassFixture<BombTests.Fixture>
{
    private const string Commits = "modules/net/commits";
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";
    private const string Uci = "application/x-uci";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "deep arrays", Commits, Json, new string('[', 1_000_000) },
        { "deep objects", Commits, Json, string.Concat(Enumerable.Repeat("{\"operations\":", 100_000)) },
        { "deep in a value", Commits, Json, Set(new string('[', 100_000) + new string(']', 100_000)) },
        { "the same member twice", Commits, Json, """{"message":"a","operations":[{"op":"set","section":"lan","option":"mtu","value":"9"}],"operations":[]}""" },
        { "the same member twice, deep", Commits, Json, """{"operations":[{"op":"set","section":"lan","option":"mtu","option":"x","value":"9"}]}""" },
        { "the same member twice, escaped", Commits, Json, """{"operations":[{"op":"set","section":"lan","option":"mtu","\u006fption":"x","value":"9"}]}""" },
        { "the same member twice in a line", "bulk", Lines, "{\"module\":\"net\",\"module\":\"net\",\"op\":\"set\",\"section\":\"lan\",\"option\":\"mtu\",\"value\":\"9\"}\n" },
        { "a number of a million digits", Commits, Json, Set(new string('9', 1_000_000)) },
        { "a number with a huge exponent", Commits, Json, Set("1e999999999") },
        { "an int beyond 64 bits", Commits, Json, """{"operations":[{"op":"set","section":"lan","option":"mtu","value":"1","expected":99999999999999999999}]}""" },
        { "a long text", Commits, Json, Set('"' + new string('x', 2 << 20) + '"') },
        { "a list of many", Commits, Json, Set('[' + string.Join(',', Enumerable.Repeat("1", 70_000)) + ']') },
        { "an endless line", "bulk", Lines, "{\"module\":\"" + new string('x', 16 << 20) },
        { "an endless statement", "bulk", Uci, "set net.lan.mtu='" + new string('x', 16 << 20) },
        { "deep lines", "bulk", Lines, new string('[', 1_000_000) + "\n" },
        { "an open quote", "modules/net?put", Uci, "config interface 'lan'\n\toption mtu '" + new string('x', 16 << 20) },
        { "a long name", "modules/net?put", Uci, "config interface '" + new string('x', 1 << 20) + "'\n" },
        { "a deep document", "modules?put", Json, "{\"modules\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) },
        { "zero bytes", "modules/net?put", Uci, new string('\0', 1 << 20) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_meant_to_take_much_is_refused_and_the_node_goes_on(string name, string path, string type, string body)
    {
        var isPut = path.EndsWith("?put", StringComparison.Ordinal);
        using var http = NodeHttp.Client(fixture.Node);
        using var content = new StringContent(body, Encoding.UTF8, type);
        var uri = new Uri("http://cms/api/v1/" + path.Replace("?put", "", StringComparison.Ordinal));
        using var answer = isPut ? await http.PutAsync(uri, content, Token) : await http.PostAsync(uri, content, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True((int)answer.StatusCode is 400 or 413 or 422, $"{name}: {answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(text.Length < 10_000, $"{name}: the refusal repeats what was sent");
        Assert.Equal(1, (await fixture.Node.Client.GetAsync("net", Token)).Revision);
        await AssertWellAsync();
    }

    [Fact]
    public async Task Masses_of_sections_are_taken_or_refused_and_the_node_goes_on()
    {
        var text = new StringBuilder();
        for (var section = 0; section < 200_000; section++)
        {
            text.Append("config a\n");
        }

        using var http = NodeHttp.Client(fixture.Node);
        using var answer = await http.PutAsync(new Uri("http://cms/api/v1/modules/masses"), new StringContent(text.ToString(), Encoding.UTF8, Uci), Token);
        Assert.True((int)answer.StatusCode is 200 or 413 or 507, $"{answer.StatusCode}");
        await AssertWellAsync();
    }

    private async Task AssertWellAsync()
    {
        using var http = NodeHttp.Client(fixture.Node);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("http://cms/health/ready"), Token)).StatusCode);
        var most = (await File.ReadAllLinesAsync($"/proc/{fixture.Node.ProcessId}/status", Token)).Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kilobytes = long.Parse(most.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        Assert.InRange(kilobytes, 1, 1 << 20);
    }

    private static string Set(string value) => """{"operations":[{"op":"set","section":"lan","option":"mtu","value":VALUE}]}""".Replace("VALUE", value, StringComparison.Ordinal);

    /// <summary>One node for all, since it survives them.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal NodeProcess Node { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await File.WriteAllTextAsync(Node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
            await Node.StartAsync();
        }

        public ValueTask DisposeAsync() => Node.DisposeAsync();
    }
}
