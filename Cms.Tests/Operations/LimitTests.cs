using System.Net;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Operations;

/// <summary>Limits of a real daemon that its rules set.</summary>
public sealed class LimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_too_fast_is_told_how_long_to_wait_until_the_rule_goes()
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("access"), "config limit 'mine'\n\toption principal 'uid:*'\n\toption rate '1'\n\toption burst '500'\n", Token);
        await node.StartAsync();
        using var http = NodeHttp.Client(node);
        HttpResponseMessage answer;
        do
        {
            answer = await http.GetAsync(new Uri("http://cms/api/v1/modules/nosuch"), Token);
        }
        while (answer.StatusCode == HttpStatusCode.NotFound);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("too-many-requests", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());

        // The same connection goes on, and health is told all the same.
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("http://cms/health/live"), Token)).StatusCode);

        // An edit of the rules by hand holds from the next request on.
        await File.WriteAllTextAsync(node.FileOf("access"), "config limit 'mine'\n\toption principal 'uid:*'\n\toption rate '0'\n", Token);
        await Eventually.IsSoAsync(async () => (await http.GetAsync(new Uri("http://cms/api/v1/status"), Token)).StatusCode == HttpStatusCode.OK);
        for (var count = 0; count < 1000; count++)
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("http://cms/api/v1/confirmations"), Token)).StatusCode);
        }
    }

    [Fact]
    public async Task A_flood_is_one_row_of_the_audit_log_for_each_who_sends_it_and_one_with_how_often()
    {
        await using var node = new NodeProcess();
        node.Set("--listen=127.0.0.1:0");
        await File.WriteAllTextAsync(node.FileOf("access"), "config limit 'mine'\n\toption principal 'uid:*'\n\toption rate '1'\n\toption burst '20'\n\nconfig limit\n\toption address '127.0.0.0/8'\n\toption rate '1'\n\toption burst '5'\n", Token);
        await node.StartAsync();
        using var http = NodeHttp.Client(node);
        var own = 0;
        for (var count = 0; count < 200; count++)
        {
            using var answer = await http.GetAsync(new Uri("http://cms/api/v1/confirmations"), Token);
            own += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        await Eventually.IsSoAsync(() => Task.FromResult(node.Output.ToString().Contains("listening on", StringComparison.Ordinal)));
        var address = System.Text.RegularExpressions.Regex.Match(node.Output.ToString(), "listening on (http://[0-9.:]+)").Groups[1].Value;
        using var stranger = new HttpClient();
        var strange = 0;
        for (var count = 0; count < 200; count++)
        {
            using var answer = await stranger.GetAsync(new Uri(address + "/api/v1/confirmations"), Token);
            strange += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.True(own > 100 && strange > 100, $"{own}, {strange}");
        Assert.Equal(0, await node.StopAsync());
        await File.WriteAllTextAsync(node.FileOf("access"), "", Token);
        await node.StartAsync();
        var rows = (await node.Client.Audit.FindAsync(new AuditSearch { Kind = AuditKinds.Refusal, Count = 1000 }, Token)).Rows.Where(row => row.Outcome == "too-many-requests").ToList();
        Assert.Equal((2, own), (rows.Count(IsOwn), rows.Where(IsOwn).Sum(row => row.Count)));
        Assert.Equal((2, strange), (rows.Count(row => row.Address == "127.0.0.1"), rows.Where(row => row.Address == "127.0.0.1").Sum(row => row.Count)));

        static bool IsOwn(AuditRow row) => row.Principal.StartsWith("uid:", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_with_a_mistake_is_refused_in_a_commit_and_told_when_a_file_has_it()
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("access"), "config limit 'good'\n\toption principal 'user:*'\n\toption rate '1'\n", Token);
        await node.StartAsync();
        var wrong = new CommitRequest { Operations = [new WireOperation { Op = "set", Section = "good", Option = "rate", Value = ConfigValue.FromText("fast") }] };
        var refusal = (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync("access", wrong, Token))).Refusal;
        Assert.Equal((ErrorCode.InvalidArgument, "access.good.rate"), (refusal.Code, refusal.Paths.Single()));
        Assert.Equal("1", (await node.Client.GetAsync("access", Token)).Sections[0].Options["rate"].GetText());

        // What somebody writes into the file is taken in, as with rules.
        await File.WriteAllTextAsync(node.FileOf("access"), "config limit 'good'\n\toption principal 'user:*'\n\toption rate '1'\n\nconfig limit 'bad'\n\toption address 'lan'\n\toption rate '1'\n", Token);
        await Eventually.IsSoAsync(async () => (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "access").Problem?.Contains("access.bad.address", StringComparison.Ordinal) == true);
        var file = Path.Combine(node.Root, "limits");
        await File.WriteAllTextAsync(file, "config limit 'bad'\n\toption address 'lan'\n\toption rate '1'\n", Token);
        var (code, output, _) = await ProgramRun.CmsAsync(node, "access", "check", file);
        Assert.NotEqual(0, code);
        Assert.Contains("access.bad.address", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administrators_on_the_socket_are_not_limited_by_the_settings()
    {
        await using var node = new NodeProcess();
        node.Set("--principal-rate=1");
        node.Set("--principal-burst=1");
        node.Set("--max-connections=1");
        node.Set("--max-connections-per-address=1");
        await node.StartAsync();
        using var http = NodeHttp.Client(node);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => http.GetAsync(new Uri("http://cms/api/v1/status"), Token)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Other_users_are_limited_each_for_himself()
    {
        ForeignUser.SkipUnlessPossible();
        await using var node = new NodeProcess();
        node.Set("--principal-rate=1");
        node.Set("--principal-burst=2");
        await node.StartAsync();
        var statuses = new List<string>();
        for (var count = 0; count < 8; count++)
        {
            statuses.Add((await ForeignUser.CurlAsync(node, "/api/v1/modules")).Status);
        }

        Assert.Contains("429", statuses);
        Assert.NotEqual("429", statuses[0]);
        Assert.Equal(HttpStatusCode.OK, (await NodeHttp.Client(node).GetAsync(new Uri("http://cms/api/v1/status"), Token)).StatusCode);
    }
}
