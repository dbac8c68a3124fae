using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Tests.Watching;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>What callers with keys see and change through a real daemon: tables, pages, watches, transactions, restores, and rules with conditions.</summary>
public sealed class AccessByKeyTests
{
    private static readonly KeyToken Key = KeyToken.Create("deploy");
    private static readonly string Keys = $"config key 'deploy'\n\toption hash '{SecretHash.Create(Key.Text, SecretHash.LeastIterations)}'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_that_may_not_be_read_are_as_if_the_table_did_not_have_them()
    {
        await using var node = await StartAsync(
            Deny("part.people.pin") + Deny("part.safe.id") + Allow("read", "part") + Allow("write", "part.people.name") + Allow("write", "part.people.pin"));
        using var caller = Caller(node);
        foreach (var path in new[] { "modules/part/tables", "modules/part/tables/people", "modules/part/tables/people/rows", "modules/part/tables/people/rows/1", "search?q=1&tables=true&module=part", "modules/part/commits?old=true", "modules/part/diff?from=0" })
        {
            var seen = await caller.GetStringAsync(path, Token);
            Assert.DoesNotContain("pin", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("4711", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("safe", seen, StringComparison.Ordinal);
        }

        Assert.Equal(await SendAsync(caller, HttpMethod.Get, "modules/part/tables/people/rows?where=nip%3D4711"), (await SendAsync(caller, HttpMethod.Get, "modules/part/tables/people/rows?where=pin%3D4711")).Replace("pin", "nip", StringComparison.Ordinal));
        Assert.Equal(await SendAsync(caller, HttpMethod.Get, "modules/part/tables/vault/rows"), (await SendAsync(caller, HttpMethod.Get, "modules/part/tables/safe/rows")).Replace("safe", "vault", StringComparison.Ordinal));
        Assert.StartsWith("200", await CommitAsync(caller, """{"op":"update_row","table":"people","row":{"id":1,"name":"bob"}}"""), StringComparison.Ordinal);
        Assert.StartsWith("403", await CommitAsync(caller, """{"op":"update_row","table":"people","row":{"id":1,"age":5}}"""), StringComparison.Ordinal);
        Assert.StartsWith("403", await CommitAsync(caller, """{"op":"delete_row","table":"people","row":{"id":1}}"""), StringComparison.Ordinal);
        Assert.StartsWith("403", await CommitAsync(caller, """{"op":"drop_table","table":"people"}"""), StringComparison.Ordinal);
        Assert.StartsWith("403", await CommitAsync(caller, """{"op":"create_table","table":"safe","primaryKey":"x","columns":[{"name":"x","type":"int"}]}"""), StringComparison.Ordinal);
        using var administrator = NodeHttp.Client(node);
        Assert.Contains("""{"id":1,"name":"bob","age":1,"pin":"4711"}""", await administrator.GetStringAsync("modules/part/tables/people/rows", Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("events")]
    [InlineData("watch")]
    [InlineData("ws")]
    public async Task What_may_not_be_heard_comes_by_no_kind_of_watch(string kind)
    {
        await using var node = await StartAsync(Deny("part.*.passwd") + Deny("part.secret") + Deny("part.people") + Deny("hidden") + Allow("read", "*") + Allow("watch", "*"));
        using var caller = Caller(node);
        using var socket = RawWebSocket.Connect(node);
        using var stream = kind == "ws" ? null : new StreamReader(await caller.GetStreamAsync(kind + "?pattern=part&pattern=hidden&old=true", Token));
        if (kind == "ws")
        {
            await socket.HandshakeAsync("Authorization: Bearer " + Key.Text);
            await socket.SubscribeAsync("all", "part");
            await socket.SubscribeAsync("none", "hidden");
        }

        await SetAsync(node, "hidden", "lan", "mtu", "hush1");
        await SetAsync(node, "part", "secret", "mtu", "hush2");
        await SetAsync(node, "part", "lan", "passwd", "hush3");
        await node.Client.CommitAsync("part", new CommitRequest { Message = "hush4", Operations = [Set("secret", "mtu", "hush5"), Set("lan", "mtu", "1400"), Set("lan", "passwd", "hush6")] }, Token);
        await SetAsync(node, "part", "lan", "mtu", "over");
        var heard = new StringBuilder();
        while (!heard.ToString().Contains("over", StringComparison.Ordinal))
        {
            heard.Append(stream is null ? JsonSerializer.Serialize(await socket.NextAsync(), WireJson.Default.WatchLine) : await stream.ReadLineAsync(Token) ?? throw new InvalidDataException("it has ended")).Append('\n');
        }

        Assert.Contains("1400", heard.ToString(), StringComparison.Ordinal);
        foreach (var hidden in new[] { "hush", "secret", "passwd", "\"none\"", "hidden" })
        {
            Assert.DoesNotContain(hidden, heard.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_open_transaction_shows_and_takes_only_what_its_caller_may()
    {
        await using var node = await StartAsync(Deny("part.*.passwd") + Deny("part.secret") + Allow("read", "part") + Allow("write", "part.*.mtu"));
        using var caller = Caller(node);
        var begun = await SendAsync(caller, HttpMethod.Post, "transactions", "{}");
        var id = JsonDocument.Parse(begun[4..]).RootElement.GetProperty("transaction").GetString();
        Assert.DoesNotContain("hush", await SendAsync(caller, HttpMethod.Get, $"transactions/{id}/modules/part"), StringComparison.Ordinal);
        Assert.StartsWith("404", await SendAsync(caller, HttpMethod.Get, $"transactions/{id}/modules/hidden"), StringComparison.Ordinal);
        Assert.StartsWith("404", await SendAsync(caller, HttpMethod.Put, $"transactions/{id}/locks/hidden"), StringComparison.Ordinal);
        Assert.StartsWith("404", await StageAsync("hidden", "lan", "mtu"), StringComparison.Ordinal);
        var (secret, absent) = (await StageAsync("part", "secret", "mtu"), await StageAsync("part", "absent", "mtu"));
        Assert.Equal(absent, secret.Replace("secret", "absent", StringComparison.Ordinal));
        Assert.StartsWith("200", await StageAsync("part", "lan", "mtu"), StringComparison.Ordinal);
        Assert.StartsWith("200", await StageAsync("part", "lan", "fixed"), StringComparison.Ordinal);
        var refused = await SendAsync(caller, HttpMethod.Post, $"transactions/{id}/commit", "{}");
        Assert.StartsWith("403", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refused, StringComparison.Ordinal);
        var lan = (await node.Client.GetAsync("part", Token)).Sections[0].Options;
        Assert.Equal(("1500", "1"), (lan["mtu"].GetText(), lan["fixed"].GetText()));

        Task<string> StageAsync(string module, string section, string option) => SendAsync(
            caller, HttpMethod.Post, $"transactions/{id}/modules/{module}/operations", $$"""{"operations":[{"op":"set","section":"{{section}}","option":"{{option}}","value":"9"}]}""");
    }

    [Fact]
    public async Task Restores_and_migrations_are_for_administrators_and_a_roll_back_for_who_may_write_all_that_it_changes()
    {
        await using var node = await StartAsync(Deny("part.*.passwd") + Allow("read", "part") + Allow("write", "part"));
        using var caller = Caller(node);
        var backup = await node.Client.CreateBackupAsync(new BackupRequest { Name = "b" }, Token);
        await node.Client.CommitAsync("part", new CommitRequest { Operations = [Set("lan", "passwd", "hush9"), Set("lan", "mtu", "9")] }, Token);
        foreach (var (path, body) in new[]
        {
            ($"backups/{backup.Name}/restore", "{}"), ("migrations/apply", "{\"migrations\":[]}"), ("migrations/rollback", "{\"module\":\"part\"}"), ("modules/part/schema", "config module 'part'\n"),
        })
        {
            var answer = await SendAsync(caller, path.EndsWith("schema", StringComparison.Ordinal) ? HttpMethod.Put : HttpMethod.Post, path, body);
            Assert.True(answer.StartsWith("403", StringComparison.Ordinal), $"{path}: {answer}");
        }

        // Of what he may not write nothing goes back, as if it were not there.
        Assert.StartsWith("200", await SendAsync(caller, HttpMethod.Post, "modules/part/rollback", "{\"to\":1,\"section\":\"lan\"}"), StringComparison.Ordinal);
        var lan = (await node.Client.GetAsync("part", Token)).Sections[0].Options;
        Assert.Equal(("1500", "hush9"), (lan["mtu"].GetText(), lan["passwd"].GetText()));
    }

    [Fact]
    public async Task Pages_counts_and_tags_say_nothing_of_what_is_hidden()
    {
        await using var node = await StartAsync(Deny("part.secret") + Deny("part.*.passwd") + Allow("read", "part") + Allow("read", "zebra"));
        await ImportAsync(node, "zebra", "config a 'b'\n");
        using var caller = Caller(node);
        Assert.DoesNotContain("\"more\":true", await caller.GetStringAsync("modules/part/sections?count=1", Token), StringComparison.Ordinal);
        Assert.DoesNotContain("\"more\":true", await caller.GetStringAsync("modules?count=2", Token), StringComparison.Ordinal);
        Assert.Contains("zebra", await caller.GetStringAsync("modules?count=1&skip=1", Token), StringComparison.Ordinal);
        Assert.DoesNotContain("\"more\":true", await caller.GetStringAsync("search?q=hush&count=1", Token), StringComparison.Ordinal);
        Assert.DoesNotContain("\"more\":true", await caller.GetStringAsync("modules/part/diff?from=0&section=lan&option=mtu&count=1", Token), StringComparison.Ordinal);
        using var first = await caller.GetAsync("modules/part/sections/lan", Token);
        using var option = await caller.GetAsync("modules/part/sections/lan/options/mtu", Token);
        for (var round = 0; round < 5; round++)
        {
            await SetAsync(node, "part", "lan", "passwd", $"hush{round}");
            await SetAsync(node, "part", "secret", "mtu", $"hush{round}");
        }

        foreach (var seen in new[] { first, option })
        {
            using var again = new HttpRequestMessage(HttpMethod.Get, seen.RequestMessage!.RequestUri);
            again.Headers.IfNoneMatch.Add(seen.Headers.ETag!);
            using var answer = await caller.SendAsync(again, Token);
            Assert.Equal(304, (int)answer.StatusCode);
        }

        // A page is filled with what may be read, however much lies between.
        await SetAsync(node, "part", "lan", "mtu", "1");
        foreach (var path in new[] { "modules/part/history?count=2", "history?count=3" })
        {
            using var history = JsonDocument.Parse(await caller.GetStringAsync(path, Token));
            Assert.Equal(path[^1] - '0', history.RootElement.GetArrayLength());
        }
    }

    [Fact]
    public async Task Rules_hold_at_their_times_and_from_their_addresses_only()
    {
        await using var node = await StartAsync("");
        using var caller = Caller(node);
        var now = TimeProvider.System.GetLocalNow();
        string Hours(int from, int to) => string.Create(CultureInfo.InvariantCulture, $"{now.AddHours(from):HH:mm}-{now.AddHours(to):HH:mm}");
        foreach (var (condition, holds) in new[]
        {
            ($"list time '{Hours(-2, 2)}'", true), ($"list time '{Hours(2, 4)}'", false), ($"list time '{Hours(2, 4)}'\n\tlist time 'mon-sun'", true),
            ("list address 'local'", true), ("list address '10.0.0.0/8'", false), ($"list address '10.0.0.0/8'\n\tlist time '{Hours(-2, 2)}'", false),
        })
        {
            await ImportAsync(node, "access", Keys + Rule("allow", "read", "part").Replace("list path", condition + "\n\tlist path", StringComparison.Ordinal));
            Assert.StartsWith(holds ? "200" : "404", await SendAsync(caller, HttpMethod.Get, "modules/part"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_scope_of_a_key_bounds_what_the_rules_allow()
    {
        await using var node = await StartAsync("");
        using var caller = Caller(node);
        await ImportAsync(node, "access", Keys + "\tlist scope 'read part.lan'\n" + Allow("read", "*") + Allow("write", "*") + Allow("admin", "*"));
        Assert.DoesNotContain("hush2", await caller.GetStringAsync("modules/part", Token), StringComparison.Ordinal);
        Assert.StartsWith("404", await SendAsync(caller, HttpMethod.Get, "modules/hidden"), StringComparison.Ordinal);
        Assert.StartsWith("404", await SendAsync(caller, HttpMethod.Get, "modules/access"), StringComparison.Ordinal);
        Assert.StartsWith("403", await SendAsync(caller, HttpMethod.Get, "status"), StringComparison.Ordinal);
        Assert.StartsWith("403", await CommitAsync(caller, """{"op":"set","section":"lan","option":"mtu","value":"1"}"""), StringComparison.Ordinal);
    }

    private static HttpClient Caller(NodeProcess node)
    {
        var client = NodeHttp.Client(node);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key.Text);
        return client;
    }

    private static Task<string> CommitAsync(HttpClient caller, string operation) => SendAsync(caller, HttpMethod.Post, "modules/part/commits", $$"""{"operations":[{{operation}}]}""");

    private static async Task<string> SendAsync(HttpClient caller, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, body[0] == '{' ? "application/json" : "application/x-uci") };
        using var answer = await caller.SendAsync(request, Token);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}";
    }

    private static string Allow(string action, string path) => Rule("allow", action, path);

    private static string Deny(string path) => Rule("deny", "*", path);

    private static string Rule(string effect, string action, string path) =>
        $"config rule\n\toption effect '{effect}'\n\tlist action '{action}'\n\tlist principal 'key:deploy'\n\tlist path '{path}'\n";

    private static WireOperation Set(string section, string option, string value) => new() { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> SetAsync(NodeProcess node, string module, string section, string option, string value) =>
        node.Client.CommitAsync(module, new CommitRequest { Operations = [Set(section, option, value)] }, Token);

    private static Task<CommitReply> ImportAsync(NodeProcess node, string module, string text) => node.Client.ImportAsync(module, Encoding.UTF8.GetBytes(text), new(), Token);

    private static async Task<NodeProcess> StartAsync(string rules)
    {
        var node = new NodeProcess();
        await node.StartAsync();
        await ImportAsync(node, "hidden", "config interface 'lan'\n\toption mtu 'hush0'\n");
        await ImportAsync(node, "part", "config interface 'lan'\n\toption mtu '1500'\n\toption fixed '1'\n\toption passwd 'hush1'\n\nconfig interface 'secret'\n\toption mtu 'hush2'\n");
        using var administrator = NodeHttp.Client(node);
        const string Tables = """
            {"op":"create_table","table":"people","primaryKey":"id","columns":[{"name":"id","type":"int"},{"name":"name","type":"string","size":9},{"name":"age","type":"int"},{"name":"pin","type":"string","size":9}]},
            {"op":"insert_row","table":"people","row":{"id":1,"name":"anna","age":1,"pin":"4711"}},
            {"op":"create_table","table":"safe","primaryKey":"id","columns":[{"name":"id","type":"int"},{"name":"of","type":"string","size":9}]}
            """;
        Assert.StartsWith("200", await CommitAsync(administrator, Tables), StringComparison.Ordinal);
        await ImportAsync(node, "access", Keys + rules);
        return node;
    }
}
