using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Gateways.Authentication;
using Cms.Tests.Nodes;
using Cms.Tests.Operations;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>Logins at a real daemon by those who should not get one, or should not keep others from theirs.</summary>
public sealed class LoginTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_fails_from_one_address_keeps_nobody_out_who_comes_from_another()
    {
        await using var node = await TcpNode.StartPlainAsync(User("anna", "correct horse"), "--principal-rate=1", "--principal-burst=3");
        using var attacker = node.Client(from: IPAddress.Parse("127.0.0.2"));
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 40; attempt++)
        {
            statuses.Add((await LogInAsync(attacker, "anna", "wrong horse")).Status);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], statuses.Distinct());
        Assert.Equal(HttpStatusCode.TooManyRequests, (await LogInAsync(attacker, "anna", "correct horse")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await LogInAsync(attacker, "berta", "any")).Status);
        using var anna = node.Client(from: IPAddress.Parse("127.0.0.3"));
        var (status, token) = await LogInAsync(anna, "anna", "correct horse");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((HttpStatusCode.OK, "user:anna"), await node.WhoAmIAsync(token));
    }

    [Fact]
    public async Task A_token_that_somebody_brings_is_never_made_a_session_and_one_that_has_ended_stays_so()
    {
        await using var node = await TcpNode.StartPlainAsync(User("anna", "correct horse"));
        var planted = "cmss_" + new string('a', 64);
        using var client = node.Client(planted);
        client.DefaultRequestHeaders.Add("Cookie", $"session={planted}");
        var (status, token) = await LogInAsync(client, "anna", "correct horse");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(planted, token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync(planted)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TcpNode.WhoAmIAsync(client)).Status);

        using var own = node.Client(token);
        Assert.Equal(HttpStatusCode.OK, (await TcpNode.WhoAmIAsync(own)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await own.PostAsync("logout", null, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await own.PostAsync("logout", null, Cancellation)).StatusCode);

        // A login that shows the ended token does not bring it back to life.
        var (again, next) = await LogInAsync(own, "anna", "correct horse");
        Assert.Equal(HttpStatusCode.OK, again);
        Assert.NotEqual(token, next);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TcpNode.WhoAmIAsync(own)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync(token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await node.WhoAmIAsync(next)).Status);
    }

    [Fact]
    public async Task Names_that_are_not_known_cost_the_same_work_as_those_that_are()
    {
        await using var node = await TcpNode.StartPlainAsync(User("anna", "correct horse") + $"config key 'deploy'\n\toption hash '{SecretHash.Create("x", SecretHash.LeastIterations)}'\n");
        using var client = node.Client();
        var known = await WorkAsync(node, () => LogInAsync(client, "anna", "wrong horse"));
        var unknown = await WorkAsync(node, () => LogInAsync(client, "zoe", "wrong horse"));
        Assert.Equal((1, 1), (known, unknown));
        var key = await WorkAsync(node, () => node.WhoAmIAsync(KeyToken.Create("deploy").Text));
        var noKey = await WorkAsync(node, () => node.WhoAmIAsync(KeyToken.Create("nokey").Text));
        Assert.Equal((1, 1), (key, noKey));
        Assert.Equal(SecretHash.DefaultIterations, KeyCheck.HashOfNobody.Value.Iterations);
    }

    [Fact]
    public async Task A_user_changes_his_own_password_by_the_old_one_and_only_this_session_goes_on()
    {
        await using var node = await TcpNode.StartPlainAsync(User("anna", "correct horse") + User("berta", "other horse"));
        using var client = node.Client();
        var (_, own) = await LogInAsync(client, "anna", "correct horse");
        var (_, other) = await LogInAsync(client, "anna", "correct horse");
        var (_, berta) = await LogInAsync(client, "berta", "other horse");
        using var anna = node.Client(own);
        Assert.Equal(HttpStatusCode.Unauthorized, await ChangeAsync(anna, "wrong horse", "battery staple"));
        Assert.Equal(HttpStatusCode.BadRequest, await ChangeAsync(anna, "correct horse", "short"));
        Assert.Equal(HttpStatusCode.OK, (await node.WhoAmIAsync(other)).Status);
        Assert.Equal(HttpStatusCode.NoContent, await ChangeAsync(anna, "correct horse", "battery staple"));
        Assert.Equal((HttpStatusCode.OK, "user:anna"), await TcpNode.WhoAmIAsync(anna));
        Assert.Equal((HttpStatusCode.OK, "user:anna"), await node.WhoAmIAsync(own));
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.WhoAmIAsync(other)).Status);
        Assert.Equal(HttpStatusCode.OK, (await node.WhoAmIAsync(berta)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LogInAsync(client, "anna", "correct horse")).Status);
        Assert.Equal(HttpStatusCode.OK, (await LogInAsync(client, "anna", "battery staple")).Status);

        // Who has shown no password has none to change, and nothing of it is anywhere.
        using var root = NodeHttp.Client(node.Node);
        Assert.Equal(HttpStatusCode.BadRequest, await ChangeAsync(root, "battery staple", "another one"));
        using var nobody = node.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, await ChangeAsync(nobody, "battery staple", "another one"));
        var row = (await node.Node.Client.Audit.FindAsync(new AuditSearch { Module = "access", Kind = AuditKinds.Commit, Count = 1 }, Cancellation)).Rows.Single();
        Assert.Equal(("user:anna", "127.0.0.1"), (row.Principal, row.Address));
        Assert.DoesNotContain("staple", node.Node.Output.ToString(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> ChangeAsync(HttpClient client, string old, string next)
    {
        using var answer = await client.PostAsJsonAsync("password", new { old, @new = next }, Cancellation);
        return answer.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, string? Token)> LogInAsync(HttpClient client, string user, string password)
    {
        using var answer = await client.PostAsJsonAsync("login", new { user, password }, Cancellation);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return (answer.StatusCode, body.TryGetProperty("token", out var token) ? token.GetString() : null);
    }

    // How many slow hashes something took; time tells less, and not the same each time.
    private static async Task<double> WorkAsync(TcpNode node, Func<Task> act)
    {
        var before = await ComparedAsync(node);
        await act();
        return await ComparedAsync(node) - before;
    }

    private static async Task<double> ComparedAsync(TcpNode node)
    {
        const string Name = "cms_secrets_compared_total";
        using var http = NodeHttp.Client(node.Node);
        var samples = new PrometheusSamples(await http.GetStringAsync(new Uri("http://cms/metrics"), Cancellation));
        return samples.Has(Name) ? samples[Name] : 0;
    }

    private static string User(string name, string password) =>
        $"config user '{name}'\n\toption password '{SecretHash.Create(password, SecretHash.LeastIterations)}'\n\n";
}
