using System.Net;
using System.Net.Sockets;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Operations;

/// <summary>Traces and numbers of a real daemon, as they arrive at a listener that takes them apart.</summary>
public sealed class OtlpTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Traces_and_numbers_arrive_at_the_collector_that_is_set()
    {
        await using var collector = new OtlpCollector(FreePort());
        await using var node = await StartAsync(collector);
        using (var http = NodeHttp.Client(node))
        using (var request = new HttpRequestMessage(HttpMethod.Get, "http://cms/api/v1/modules/net"))
        {
            request.Headers.Add("traceparent", $"00-{TraceId}-{SpanId}-01");
            using var answer = await http.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await CommitAsync(node);
        await ArriveAsync(collector, () => collector.Metrics.ContainsKey("cms.request.duration") && collector.Spans.Any(span => span.TraceId == TraceId));
        Assert.Equal(0, await node.StopAsync());

        Assert.Equal("cmsd", collector.Resource["service.name"]);
        Assert.NotEmpty(collector.Resource["service.instance.id"]);
        Assert.Equal("Bearer of tidings", collector.Authorization);
        var read = Assert.Single(collector.Spans, span => span.TraceId == TraceId);
        Assert.Equal((SpanId, "GET /api/v1/modules/{module}", "200"), (read.ParentId, read.Name, read.Attributes["http.response.status_code"]));
        var commit = Assert.Single(collector.Spans, span => span.Name == "POST /api/v1/modules/{module}/commits");
        var decided = Assert.Single(collector.Spans, span => span.TraceId == commit.TraceId && span.Name == "module net");
        Assert.NotEmpty(decided.ParentId);
        Assert.Superset(
            new HashSet<string> { "cms.commits", "cms.journal.flush.duration", "cms.journal.size", "cms.segments.size", "cms.watches", "dotnet.process.memory.working_set" },
            collector.Metrics.Where(metric => metric.Value > 0).Select(metric => metric.Key).ToHashSet());
        Assert.DoesNotContain("tidings", node.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_is_no_matter()
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n", Token);
        node.Set($"--otlp-endpoint=http://127.0.0.1:{FreePort()}");
        node.Set("--otlp-seconds=1");
        await node.StartAsync();
        await CommitAsync(node);
        Assert.Contains("OpenTelemetry", await File.ReadAllTextAsync($"/proc/{node.ProcessId}/maps", Token), StringComparison.Ordinal);
        Assert.Equal(0, await node.StopAsync());
    }

    [Fact]
    public async Task Nothing_of_it_is_loaded_when_none_is_set()
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n", Token);
        await node.StartAsync();
        await CommitAsync(node);
        Assert.DoesNotContain("OpenTelemetry", await File.ReadAllTextAsync($"/proc/{node.ProcessId}/maps", Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1", null, "otlp_endpoint")]
    [InlineData("nonsense", null, "otlp_endpoint")]
    [InlineData("http://user:word@127.0.0.1", null, "otlp_endpoint")]
    [InlineData("http://127.0.0.1:9", "no header\n", "line 1")]
    [InlineData("http://127.0.0.1:9", null, "Could not find")]
    public async Task What_cannot_be_used_stops_the_start(string endpoint, string? headers, string named)
    {
        await using var node = new NodeProcess();
        node.Set($"--otlp-endpoint={endpoint}");
        node.Set($"--otlp-headers-file={WriteHeaders(node, headers, UnixFileMode.UserRead)}");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_headers_that_others_may_read_stops_the_start()
    {
        await using var node = new NodeProcess();
        node.Set("--otlp-endpoint=http://127.0.0.1:9");
        node.Set($"--otlp-headers-file={WriteHeaders(node, "a=secret\n", UnixFileMode.UserRead | UnixFileMode.OtherRead)}");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains("chmod 600", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<NodeProcess> StartAsync(OtlpCollector collector)
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        node.Set($"--otlp-endpoint={collector.Endpoint}");
        node.Set($"--otlp-headers-file={WriteHeaders(node, "# for the collector\n\nAuthorization=Bearer of tidings\n", UnixFileMode.UserRead)}");
        node.Set("--otlp-seconds=1");
        await node.StartAsync();
        return node;
    }

    private static string WriteHeaders(NodeProcess node, string? text, UnixFileMode mode)
    {
        var path = Path.Combine(node.Root, "headers");
        if (text is not null)
        {
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, mode);
        }

        return path;
    }

    private static async Task ArriveAsync(OtlpCollector collector, Func<bool> isComplete)
    {
        while (!isComplete())
        {
            await collector.Arrived.ReadAsync(Token);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static Task<CommitReply> CommitAsync(NodeProcess node) => node.Client.CommitAsync(
        "net", new CommitRequest { Operations = [new WireOperation { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText("1400") }] }, Token);
}
