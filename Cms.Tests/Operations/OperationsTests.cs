using System.Globalization;
using System.Net;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Tests.Nodes;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Operations;

/// <summary>What monitors ask a real daemon: whether it lives, whether it is ready, and its numbers.</summary>
public sealed class OperationsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_is_told_whether_it_lives_and_is_ready_and_nothing_else()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        Assert.Equal(("200", "live\n"), await ForeignUser.CurlAsync(node, "/health/live"));
        Assert.Equal(("200", "ready\n"), await ForeignUser.CurlAsync(node, "/health/ready"));
        Assert.Equal(("200", ""), await ForeignUser.CurlAsync(node, "/health/ready", "--head", "--output", "/dev/null"));
        var (status, refused) = await ForeignUser.CurlAsync(node, "/health/other");
        Assert.True(status is "401" or "403" or "404", refused);
    }

    [Fact]
    public async Task A_node_with_a_module_that_cannot_start_lives_and_is_not_ready()
    {
        await using var node = await StartAsync();
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(node, "/health/ready"));
        await node.KillAsync();
        node.ForgetSegments();
        await File.WriteAllTextAsync(Path.Combine(node.RunDirectory, "segments"), "", Token);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(node.StartAsync);
        File.Delete(Path.Combine(node.RunDirectory, "segments"));
        Directory.CreateDirectory(Path.Combine(node.RunDirectory, "segments", "net.seg"));
        await node.StartAsync();
        Assert.Equal((HttpStatusCode.OK, "live\n"), await GetAsync(node, "/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready\n"), await GetAsync(node, "/health/ready"));
        Directory.Delete(Path.Combine(node.RunDirectory, "segments", "net.seg"));
        await Eventually.IsSoAsync(async () => await GetAsync(node, "/health/ready") == (HttpStatusCode.OK, "ready\n"));
    }

    [Fact]
    public async Task The_numbers_are_for_administrators_unless_a_setting_opens_them()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = await StartAsync();
        var (status, refused) = await ForeignUser.CurlAsync(node, "/metrics");
        Assert.True(status is "401" or "403", status);
        Assert.DoesNotContain("cms_commits", refused, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(node, "/metrics")).Status);
        await node.StopAsync();
        node.Set("--metrics-open=1");
        await node.StartAsync();
        Assert.Equal("200", (await ForeignUser.CurlAsync(node, "/metrics")).Status);
        Assert.NotEqual("200", (await ForeignUser.CurlAsync(node, "/metrics", "--header", "X-Forwarded-For: 192.0.2.1")).Status);
        Assert.NotEqual("200", (await ForeignUser.CurlAsync(node, "/api/v1/status")).Status);
    }

    [Fact]
    public async Task The_numbers_say_what_was_asked_and_what_came_of_it()
    {
        await using var node = await StartAsync();
        var before = await SamplesAsync(node);
        for (var count = 0; count < 5; count++)
        {
            await CommitAsync(node, count.ToString(CultureInfo.InvariantCulture));
        }

        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.GetAsync("nosuch", Token));
        Assert.Equal(ErrorCode.NotFound, refused.Refusal.Code);
        using (var http = NodeHttp.Client(node))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("http://cms/nothing/here"), Token)).StatusCode);
            var opened = await http.PostAsync(new Uri("http://cms/api/v1/transactions"), new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), Token);
            Assert.True(opened.IsSuccessStatusCode);
        }

        var after = await SamplesAsync(node);
        Assert.Equal(5, after["cms_commits_total"] - Before("cms_commits_total"));
        Assert.Equal(5, after["cms_changes_total"] - Before("cms_changes_total"));
        Assert.Equal(5, after["cms_request_duration_seconds_count{operation=\"POST /api/v1/modules/{module}/commits\",status=\"200\"}"]);
        Assert.Equal(1, after["cms_request_duration_seconds_count{operation=\"GET /api/v1/modules/{module}\",status=\"404\"}"]);
        Assert.Equal(1, after["cms_request_duration_seconds_count{operation=\"none\",status=\"404\"}"]);
        Assert.Equal(2, after["cms_refusals_total{code=\"not-found\"}"]);
        Assert.Equal(1, after["cms_transactions"]);
        Assert.Equal(1, after["cms_modules{state=\"running\"}"]);
        Assert.True(after["cms_journal_flush_duration_seconds_count"] - Before("cms_journal_flush_duration_seconds_count") is >= 5 and <= 50);
        Assert.Equal(new FileInfo(Path.Combine(node.StateDirectory, "journal.db")).Length, after["cms_journal_size_bytes{file=\"database\"}"]);
        Assert.True(after["cms_segments_size_bytes{state=\"in-use\"}"] > 0);
        Assert.Superset(
            new HashSet<string> { "dotnet_process_memory_working_set_bytes", "dotnet_gc_collections_total", "cms_watches", "cms_build_info", "cms_start_time_seconds" },
            after.Names.ToHashSet());

        double Before(string sample) => before.Has(sample) ? before[sample] : 0;
    }

    [Fact]
    public async Task Each_number_that_is_documented_is_told_and_each_that_is_told_is_documented()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "9000");
        await Assert.ThrowsAsync<RefusedException>(() => node.Client.GetAsync("nosuch", Token));
        using (var http = NodeHttp.Client(node))
        {
            using var read = await http.GetAsync(new Uri("http://cms/api/v1/modules/net"), Token);
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        var told = (await SamplesAsync(node)).Names.Where(name => !name.StartsWith("dotnet_", StringComparison.Ordinal)).Order().ToList();
        var rows = Repository.Read("docs/operations.md").Split('\n').Where(line => line.StartsWith("| `cms_", StringComparison.Ordinal));
        var documented = rows.SelectMany(row => System.Text.RegularExpressions.Regex.Matches(row.Split('|')[1], "`(cms_[a-z_]+)`").Select(match => match.Groups[1].Value)).ToHashSet();
        Assert.Empty(told.Except(documented));

        // What has to happen first is told by other tests: failures, compared secrets, connections by TCP, and what watches do.
        string[] later = ["cms_journal_failures_total", "cms_secrets_compared_total", "cms_connections_refused_total"];
        Assert.DoesNotContain(documented.Except(told).Except(later), name => !name.Contains("watch", StringComparison.Ordinal));
        HashSet<string> asked = ["cms_request_duration_seconds", "cms_commits_total", "cms_journal_size_bytes", "cms_cache_hits_total", "cms_cache_misses_total", "cms_cache_entries", "cms_segments_size_bytes", "cms_sessions", "cms_watches", "cms_refusals_total"];
        Assert.Subset(told.ToHashSet(), asked);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        return node;
    }

    private static async Task<PrometheusSamples> SamplesAsync(NodeProcess node)
    {
        var (status, text) = await GetAsync(node, "/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        return new PrometheusSamples(text);
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(NodeProcess node, string path)
    {
        using var http = NodeHttp.Client(node);
        using var response = await http.GetAsync(new Uri("http://cms" + path), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    private static Task<CommitReply> CommitAsync(NodeProcess node, string value) => node.Client.CommitAsync(
        "net", new CommitRequest { Operations = [new WireOperation { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText(value) }] }, Token);
}
