using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>Every operation of the document that changes or takes out something leaves its row in the audit log, done or refused; the others leave none.</summary>
public sealed class AuditCoverageTests
{
    private const string Uci = "application/x-uci";

    // What is asked in this order, and the kinds of the rows that it leaves. An act that makes commits has its own row, written before, and theirs.
    private static readonly Act[] Acts =
    [
        new("PUT /modules/{module}", "config interface 'lan'\n\toption mtu '1500'\n\tlist dns '1.1.1.1'\n", [AuditKinds.Commit], Type: Uci),
        new("GET /modules/{module}", null, [AuditKinds.Export], Accept: Uci),
        new("PUT /modules", """{"module":"net","sections":[{"type":"interface","name":"lan","options":{"mtu":"1501","dns":["1.1.1.1"]}}]}""", [AuditKinds.Commit]),
        new("POST /modules/{module}/commits", Set("1502"), [AuditKinds.Commit]),
        new("POST /modules/{module}/delta", "net.lan.mtu='1503'\n", [AuditKinds.Commit], Type: "text/plain"),
        new("POST /modules/{module}/sections", """{"type":"rule","name":"one"}""", [AuditKinds.Commit]),
        new("PUT /modules/{module}/sections/{section}", """{"type":"interface","options":{"mtu":"1504","dns":["1.1.1.1"]}}""", [AuditKinds.Commit]),
        new("PATCH /modules/{module}/sections/{section}", """{"options":{"a":"1"}}""", [AuditKinds.Commit]),
        new("PATCH /modules/{module}/sections/{section}/options", """{"a":"2"}""", [AuditKinds.Commit]),
        new("PUT /modules/{module}/sections/{section}/options/{option}", """{"value":["x","y"]}""", [AuditKinds.Commit]),
        new("POST /modules/{module}/sections/{section}/options/{option}/elements", """{"value":"z"}""", [AuditKinds.Commit]),
        new("PUT /modules/{module}/sections/{section}/options/{option}/elements/{index}", """{"value":"w"}""", [AuditKinds.Commit]),
        new("DELETE /modules/{module}/sections/{section}/options/{option}/elements/{index}", null, [AuditKinds.Commit]),
        new("PATCH /modules/{module}/sections/{section}/options/{option}", """{"value":"1505"}""", [AuditKinds.Commit]),
        new("DELETE /modules/{module}/sections/{section}/options/{option}", null, [AuditKinds.Commit]),
        new("PUT /modules/{module}/tables/{table}", """{"primaryKey":"name","columns":[{"name":"name","type":"string","size":20},{"name":"n","type":"int","size":4}]}""", [AuditKinds.Commit]),
        new("POST /modules/{module}/tables/{table}/rows", """{"row":{"name":"a","n":1}}""", [AuditKinds.Commit]),
        new("PUT /modules/{module}/tables/{table}/rows/{key}", """{"row":{"name":"a","n":2}}""", [AuditKinds.Commit]),
        new("PATCH /modules/{module}/tables/{table}/rows/{key}", """{"row":{"n":3}}""", [AuditKinds.Commit]),
        new("DELETE /modules/{module}/tables/{table}/rows/{key}", null, [AuditKinds.Commit]),
        new("DELETE /modules/{module}/tables/{table}", null, [AuditKinds.Commit]),
        new("POST /commits", """{"modules":[{"module":"net","operations":[{"op":"set","section":"lan","option":"mtu","value":"1506"}]}]}""", [AuditKinds.Commit]),
        new("POST /bulk", """{"op":"set","module":"net","section":"lan","option":"mtu","value":"1507"}""" + "\n", [AuditKinds.Commit], Type: "application/x-ndjson"),
        new("POST /modules/{module}/rollback", """{"to":1}""", [AuditKinds.Administration, AuditKinds.Commit]),
        new("POST /backups", """{"name":"b"}""", [AuditKinds.Backup]),
        new("POST /backups/{backup}/verify", "{}", []),
        new("POST /modules/{module}/commits", Set("1508"), [AuditKinds.Commit]),
        new("POST /backups/{backup}/restore", "{}", [AuditKinds.Restore, AuditKinds.Commit]),
        new("POST /transactions", "{}", []),
        new("POST /transactions/{transaction}/modules/{module}/operations", Set("1509"), []),
        new("PUT /transactions/{transaction}/savepoints/{savepoint}", null, []),
        new("POST /transactions/{transaction}/savepoints/{savepoint}/rollback", null, []),
        new("PUT /transactions/{transaction}/locks/{module}", null, []),
        new("DELETE /transactions/{transaction}/locks/{module}", null, []),
        new("POST /transactions/{transaction}/commit", "{}", [AuditKinds.Commit]),
        new("POST /transactions", "{}", []),
        new("DELETE /transactions/{transaction}", null, []),
        new("POST /modules/{module}/commits", Set("1510", ""","confirm":{"seconds":600}"""), [AuditKinds.Commit]),
        new("POST /confirmations/extend", """{"seconds":500}""", [AuditKinds.Administration]),
        new("POST /confirmations/confirm", null, [AuditKinds.Administration]),
        new("POST /modules/{module}/commits", Set("1511", ""","confirm":{"seconds":600}"""), [AuditKinds.Commit]),
        new("POST /confirmations/{confirmation}/extend", """{"seconds":500}""", [AuditKinds.Administration]),
        new("POST /confirmations/{confirmation}/confirm", null, [AuditKinds.Administration]),
        new("PUT /modules/{module}/schema", "config module 'net'\n\toption version '1.0.0'\n\nconfig section 'interface'\n\nconfig field 'mtu'\n\toption section 'interface'\n\nconfig field 'key'\n\toption section 'interface'\n\toption secret '1'\n", [AuditKinds.Administration, AuditKinds.Commit], Type: Uci),
        new("POST /modules/{module}/commits", """{"operations":[{"op":"set","section":"lan","option":"key","value":"correct horse"}]}""", [AuditKinds.Commit]),
        new("POST /modules/{module}/secrets/rotate", null, [AuditKinds.Key, AuditKinds.Commit]),
        new("POST /modules/{module}/secrets/shred", null, [AuditKinds.Key, AuditKinds.Commit]),
        new("POST /secrets/master/rotate", null, [AuditKinds.Key]),
        new("PUT /topics/{topic}", "{}", [AuditKinds.Administration]),
        new("POST /topics/{topic}", """{"messages":[{"payload":1}]}""", []),
        new("PUT /topics/{topic}/subscriptions/{subscription}", "{}", [AuditKinds.Administration]),
        new("POST /topics/{topic}/subscriptions/{subscription}/ack", """{"sequence":1}""", []),
        new("DELETE /topics/{topic}/subscriptions/{subscription}", null, [AuditKinds.Administration]),
        new("DELETE /topics/{topic}", null, [AuditKinds.Administration]),
        new("DELETE /modules/{module}/sections/{section}", null, [AuditKinds.Commit]),
        new("POST /watch-tickets", null, []),
        new("GET /audit/export", null, [AuditKinds.Export]),
        new("POST /login", """{"user":"anna","password":"correct horse"}""", [AuditKinds.Login]),
        new("POST /password", """{"old":"correct horse","new":"battery staple"}""", [AuditKinds.Commit], ByUser: true),
        new("POST /logout", null, [AuditKinds.Logout], ByUser: true),
        new("GET /validators", null, [AuditKinds.Administration], Query: "?name=v&pattern=net"),
    ];

    // These have tests of their own, since what they need takes more than a request: MigrationTests, ValidatorTests; or only read.
    private static readonly string[] Elsewhere = ["POST /migrations/apply", "POST /migrations/rollback", "POST /validations/{id}", "POST /watch"];

    // What anybody may ask for, since it changes nothing.
    private static readonly string[] ForAnybody = ["POST /transactions", "POST /watch", "POST /watch-tickets", "POST /logout"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_changes_or_takes_out_something_leaves_its_row_and_nothing_else_does()
    {
        await using var node = new NodeProcess();
        using var http = await StartAsync(node);
        Assert.Empty((await OperationsAsync(http)).Where(name => !name.StartsWith("GET ", StringComparison.Ordinal)).Except(Acts.Select(act => act.Name)).Except(Elsewhere));
        var names = Names();
        foreach (var act in Acts)
        {
            var before = (await RowsAsync(node)).Select(row => row.Sequence).DefaultIfEmpty().Max();
            using var answer = await SendAsync(http, act, names, act.ByUser ? names["token"] : null);
            Assert.True(answer.IsSuccessStatusCode, $"{act.Name}: {answer.StatusCode}");
            await LearnAsync(act, answer, names);
            var rows = (await RowsAsync(node)).Where(row => row.Sequence > before).OrderBy(row => row.Sequence).ToList();
            Assert.Equal((act.Name, string.Join(' ', act.Kinds)), (act.Name, string.Join(' ', rows.Select(row => row.Kind))));
            Assert.All(rows, row => Assert.True(row.Outcome is "ok" or "begun" && row.Principal != "" && row.Gateway != "", act.Name));
        }
    }

    [Fact]
    public async Task What_is_refused_leaves_one_row_with_who_asked()
    {
        await using var node = new NodeProcess();
        var operations = Acts.Select(act => act.Name).Where(name => !name.StartsWith("GET /modules", StringComparison.Ordinal)).Concat(Elsewhere).Except(ForAnybody).Append("GET /audit/export").Distinct().ToList();
        var keys = operations.Select((_, index) => KeyToken.Create($"weak{index}")).ToList();
        using var http = await StartAsync(node, keys);
        for (var index = 0; index < operations.Count; index++)
        {
            // Each as another principal, since repeats of one are only counted.
            var act = Acts.FirstOrDefault(each => each.Name == operations[index]) ?? new Act(operations[index], "{}", []);
            act = act.Name == "POST /login" ? act with { Body = """{"user":"anna","password":"wrong horse"}""" } : act;
            var before = (await RowsAsync(node)).Select(row => row.Sequence).DefaultIfEmpty().Max();
            using var answer = await SendAsync(http, act, Names(), keys[index].Text);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{act.Name}: {answer.StatusCode}");
            var row = (await RowsAsync(node)).Where(row => row.Sequence > before).ToList() is [var only] ? only : throw new InvalidOperationException($"{act.Name} left no row, or several");
            Assert.True(row.Kind is AuditKinds.Refusal or AuditKinds.Denied or AuditKinds.LoginFailed, $"{act.Name}: {row.Kind}");
            Assert.Equal((act.Name, act.Name == "POST /login" ? "user:anna" : $"key:weak{index}"), (act.Name, row.Principal));
        }
    }

    private static async Task<HttpClient> StartAsync(NodeProcess node, IReadOnlyList<KeyToken>? keys = null)
    {
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1'\n\tlist dns '1.1.1.1'\n", Token);
        var access = $"config user 'anna'\n\toption password '{SecretHash.Create("correct horse", SecretHash.LeastIterations)}'\n\n"
            + string.Concat((keys ?? []).Select(key => $"config key '{key.Name}'\n\toption hash '{SecretHash.Create(key.Text, SecretHash.LeastIterations)}'\n\n"));
        await File.WriteAllTextAsync(node.FileOf("access"), access, Token);
        await node.StartAsync();
        return NodeHttp.Client(node);
    }

    private static Dictionary<string, string> Names() => new()
    {
        ["module"] = "net",
        ["section"] = "lan",
        ["option"] = "mtu",
        ["index"] = "0",
        ["table"] = "hosts",
        ["key"] = "a",
        ["backup"] = "b",
        ["savepoint"] = "s",
        ["topic"] = "t",
        ["subscription"] = "s",
        ["transaction"] = "none",
        ["confirmation"] = "none",
        ["id"] = "none",
    };

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, Act act, IReadOnlyDictionary<string, string> names, string? token)
    {
        var (method, path) = (act.Name.Split(' ')[0], act.Name.Split(' ')[1][1..]);
        var address = names.Aggregate(path, (filled, name) => filled.Replace($"{{{name.Key}}}", name.Value, StringComparison.Ordinal)) + act.Query;
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, UriKind.Relative));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (act.Accept is not null)
        {
            request.Headers.Add("Accept", act.Accept);
        }

        request.Content = act.Body is null ? null : new StringContent(act.Body, new MediaTypeHeaderValue(act.Type));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    // What later requests need of an answer.
    private static async Task LearnAsync(Act act, HttpResponseMessage answer, Dictionary<string, string> names)
    {
        if (act.Name is "GET /validators" || answer.StatusCode == HttpStatusCode.NoContent || answer.Content.Headers.ContentType?.MediaType != "application/json")
        {
            return;
        }

        var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token));
        foreach (var name in new[] { "transaction", "confirmation", "token" })
        {
            if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                names[name] = value.GetString()!;
            }
        }
    }

    // What the daemon does by itself does not count.
    private static async Task<IReadOnlyList<AuditRow>> RowsAsync(NodeProcess node) =>
        [.. (await node.Client.Audit.FindAsync(new AuditSearch { Count = 1000 }, Token)).Rows.Where(row => row.Principal is not ("cmsd" or "file"))];

    private static async Task<IReadOnlyList<string>> OperationsAsync(HttpClient http)
    {
        using var document = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri("openapi.json", UriKind.Relative), Token));
        return [.. document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"))];
    }

    private static string Set(string value, string more = "") => $$"""{"operations":[{"op":"set","section":"lan","option":"mtu","value":"{{value}}"}]{{more}}}""";

    private sealed record Act(string Name, string? Body, IReadOnlyList<string> Kinds, string Type = "application/json", string? Accept = null, string Query = "", bool ByUser = false);
}
