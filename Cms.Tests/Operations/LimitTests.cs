using System.Net;
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
