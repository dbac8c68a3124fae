using System.Net;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>Tags, conditions, waiting, keys of requests, compression, and pages of other origins.</summary>
public sealed class ConditionTests(HttpNode shared) : IClassFixture<HttpNode>
{
    private readonly HttpClient _http = shared.Http;

    [Fact]
    public async Task A_tag_tells_when_a_part_has_changed_and_only_then()
    {
        await _http.ImportAsync("tags", "config host 'a'\n\toption x '1'\n\toption y '1'\nconfig host 'b'\n\toption x '2'\n");
        var (module, section, option) = (await TagAsync("modules/tags"), await TagAsync("modules/tags/sections/a"), await TagAsync("modules/tags/sections/a/options/x"));
        await _http.CallAsync("PUT", "modules/tags/sections/b/options/x", "{\"value\":\"3\"}");
        Assert.NotEqual(module, await TagAsync("modules/tags"));
        Assert.Equal(HttpStatusCode.NotModified, (await _http.CallAsync("GET", "modules/tags/sections/a", null, ("If-None-Match", section))).Status);
        await _http.CallAsync("DELETE", "modules/tags/sections/a/options/y");
        Assert.NotEqual(section, await TagAsync("modules/tags/sections/a"));
        Assert.Equal(HttpStatusCode.NotModified, (await _http.CallAsync("GET", "modules/tags/sections/a/options/x", null, ("If-None-Match", $"\"other\", W/{option}"))).Status);

        // Another section gets the name, with an option that was changed last in the same revision.
        await _http.CallAsync("POST", "modules/tags/commits", "{\"operations\":[{\"op\":\"delete\",\"section\":\"a\"},{\"op\":\"rename\",\"section\":\"b\",\"name\":\"a\"}]}");
        Assert.NotEqual(option, await TagAsync("modules/tags/sections/a/options/x"));
    }

    [Fact]
    public async Task Of_changes_that_expect_the_same_state_exactly_one_is_made()
    {
        await _http.ImportAsync("races", "config host 'a'\n\toption x '0'\n");
        for (var round = 1; round <= 20; round++)
        {
            var tag = await TagAsync("modules/races/sections/a/options/x");
            var heard = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
                _http.CallAsync("PUT", "modules/races/sections/a/options/x", $"{{\"value\":\"{round}-{number}\"}}", ("If-Match", tag))));
            Assert.Single(heard, each => each.Status == HttpStatusCode.OK);
            Assert.All(heard.Where(each => each.Status != HttpStatusCode.OK), each => Assert.Equal((HttpStatusCode.PreconditionFailed, "precondition-failed"), (each.Status, each.Code)));
        }

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _http.CallAsync("PUT", "modules/races/sections/new", "{\"type\":\"host\"}", ("If-None-Match", "*"))));
        Assert.Single(made, each => each.Status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _http.CallAsync("DELETE", "modules/races/sections/gone", null, ("If-Match", "*"))).Status);
        var module = await TagAsync("modules/races");
        await _http.CallAsync("PUT", "modules/races/sections/a/options/z", "{\"value\":1}");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _http.CallAsync("POST", "modules/races/commits", "{\"operations\":[{\"op\":\"delete\",\"section\":\"a\"}]}", ("If-Match", module))).Status);
    }

    [Fact]
    public async Task Changes_that_are_planned_on_what_is_there_lose_nothing_of_others()
    {
        await _http.ImportAsync("plans", "config host 'a'\n\tlist l 'x'\n");
        var calls = Enumerable.Range(0, 24).Select(number => number % 2 == 0
            ? _http.CallAsync("PATCH", "modules/plans/sections/a/options", $"{{\"o{number}\":{number}}}")
            : _http.CallAsync("POST", "modules/plans/sections/a/options/l/elements", $"{{\"value\":\"{number}\"}}"));
        var heard = await Task.WhenAll(calls);
        var made = heard.Count(each => each.Status == HttpStatusCode.OK);
        Assert.All(heard.Where(each => each.Status != HttpStatusCode.OK), each => Assert.Equal("conflict", each.Code));
        var options = (await _http.CallAsync("GET", "modules/plans/sections/a/options")).Json.AsObject();
        Assert.Equal(made, options.Count - 1 + options["l"]!.AsArray().Count - 1);
    }

    [Fact]
    public async Task A_caller_who_has_the_newest_state_waits_for_the_next_one()
    {
        await _http.ImportAsync("waits", "config host 'a'\n\toption x '0'\n");
        var tag = await TagAsync("modules/waits/sections/a/options/x");
        Assert.Equal(HttpStatusCode.NotModified, (await _http.CallAsync("GET", "modules/waits/sections/a/options/x?wait=1", null, ("If-None-Match", tag))).Status);
        var waiting = _http.CallAsync("GET", "modules/waits/sections/a/options/x?wait=300", null, ("If-None-Match", tag));
        await _http.CallAsync("PUT", "modules/waits/sections/a/options/y", "{\"value\":1}");
        await _http.CallAsync("PUT", "modules/waits/sections/a/options/x", "{\"value\":1}");
        Assert.Equal("1", (await waiting).Json["value"]!.ToJsonString());
        var removed = _http.CallAsync("GET", "modules/waits/sections/a/options/x?wait=300", null, ("If-None-Match", await TagAsync("modules/waits/sections/a/options/x")));
        await _http.CallAsync("DELETE", "modules/waits/sections/a/options/x");
        Assert.Equal(HttpStatusCode.NotFound, (await removed).Status);
    }

    [Fact]
    public async Task A_request_with_a_key_is_carried_out_once_and_no_other_one_may_have_it()
    {
        await _http.ImportAsync("keys", "config host 'a'\n");
        (string, string) key = ("Idempotency-Key", "k-1");
        var first = await _http.CallAsync("POST", "modules/keys/sections", "{\"type\":\"rule\"}", key);
        var again = await _http.CallAsync("POST", "modules/keys/sections", "{\"type\":\"rule\"}", key);
        Assert.Equal((HttpStatusCode.Created, first.Text, first.Headers["Location"]), (again.Status, again.Text, again.Headers["Location"]));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Equal("conflict", (await _http.CallAsync("POST", "modules/keys/sections", "{\"type\":\"other\"}", key)).Code);
        Assert.Equal(2, (await _http.CallAsync("GET", "modules/keys/sections")).Json["sections"]!.AsArray().Count);

        // A commit keeps the key, also beyond a restart; the topic's messages and the refused request do not.
        await shared.Node.StopAsync();
        await shared.Node.StartAsync();
        Assert.True((await _http.CallAsync("POST", "modules/keys/sections", "{\"type\":\"rule\"}", key)).Json["repeated"]!.GetValue<bool>());
        await _http.CallAsync("PUT", "topics/once", "{}");
        (string, string) other = ("Idempotency-Key", "k-2");
        var published = await _http.CallAsync("POST", "topics/once", "{\"messages\":[{\"payload\":1}]}", other);
        Assert.Equal(published.Text, (await _http.CallAsync("POST", "topics/once", "{\"messages\":[{\"payload\":1}]}", other)).Text);
        Assert.Equal("{\"first\":2,\"last\":2}", (await _http.CallAsync("POST", "topics/once", "{\"messages\":[{\"payload\":1}]}", ("Idempotency-Key", "k-3"))).Text);
        (string, string) refused = ("Idempotency-Key", "k-4");
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("POST", "topics/later", "{\"messages\":[{\"payload\":1}]}", refused)).Status);
        await _http.CallAsync("PUT", "topics/later", "{}");
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("POST", "topics/later", "{\"messages\":[{\"payload\":1}]}", refused)).Status);
        Assert.True((await _http.CallAsync("GET", "cache")).Json["answers"]!["hits"]!.GetValue<long>() >= 1);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("POST", "modules/keys/sections", "{\"type\":\"rule\"}", ("Idempotency-Key", new string('k', 256)))).Status);
    }

    [Fact]
    public async Task Each_form_of_a_state_has_a_tag_of_its_own_and_any_of_them_will_do_for_a_change()
    {
        await _http.ImportAsync("forms", "config host 'a'\n\toption x '1'\n");
        (string, string)[][] forms = [[], [("Accept", "application/x-uci")], [("Accept-Encoding", "gzip")], [("Accept-Encoding", "br")], [("Accept", "application/x-uci"), ("Accept-Encoding", "gzip")]];
        var answers = new List<HttpCalls.Heard>();
        foreach (var form in forms)
        {
            var answer = await _http.CallAsync("GET", "modules/forms", null, form);
            answers.Add(answer);
            Assert.Equal(answer.Tag, (await _http.CallAsync("GET", "modules/forms", null, form)).Tag);
            var known = await _http.CallAsync("GET", "modules/forms", null, [.. form, ("If-None-Match", answer.Tag)]);
            Assert.Equal((HttpStatusCode.NotModified, answer.Tag), (known.Status, known.Tag));
            Assert.Contains("Accept", answer.Headers["Vary"], StringComparison.Ordinal);
            Assert.Contains("Authorization", answer.Headers["Vary"], StringComparison.Ordinal);
        }

        answers.Add(await _http.CallAsync("GET", "modules/forms?fields=revision"));
        answers.Add(await _http.CallAsync("GET", "modules/forms?fields=sections"));
        Assert.Equal(answers.Count, answers.Select(answer => answer.Tag).Distinct().Count());
        Assert.DoesNotContain(answers, answer => answer.Tag.StartsWith("W/", StringComparison.Ordinal));

        // Who has the state in one form has not got it in another.
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("GET", "modules/forms", null, ("If-None-Match", answers[1].Tag))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("GET", "modules/forms", null, ("Accept", "application/x-uci"), ("If-None-Match", answers[0].Tag))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("GET", "modules/forms?fields=revision", null, ("If-None-Match", answers[^1].Tag))).Status);

        foreach (var (answer, index) in answers.Select((answer, index) => (answer, index)).ToList())
        {
            var current = (await _http.CallAsync("GET", "modules/forms")).Tag;
            var tag = answer.Tag.Replace(answers[0].Tag[..^1], current[..^1], StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("PUT", "modules/forms", $"config host 'a'\n\toption x '{index + 2}'\n", ("Content-Type", "application/x-uci"), ("If-Match", tag))).Status);
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await _http.CallAsync("PUT", "modules/forms", "", ("Content-Type", "application/x-uci"), ("If-Match", tag))).Status);
        }

        var section = (await _http.CallAsync("GET", "modules/forms/sections/a", null, ("Accept-Encoding", "gzip"))).Tag;
        Assert.EndsWith("+gzip\"", section, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("PATCH", "modules/forms/sections/a", "{\"options\":{\"y\":\"1\"}}", ("If-Match", section))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _http.CallAsync("DELETE", "modules/forms/sections/a", null, ("If-Match", section))).Status);
    }

    [Fact]
    public async Task A_refusal_says_where_and_what_can_be_done()
    {
        var refused = await _http.CallAsync("DELETE", "modules/net/sections/lan/options/nosuch");
        Assert.Equal(("lan.nosuch", "create it first, or mend the name"), (refused.Json["path"]!.GetValue<string>(), refused.Json["hint"]!.GetValue<string>()));
        Assert.Equal(refused.Json["path"]!.GetValue<string>(), refused.Json["paths"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task The_history_is_told_as_lines_too()
    {
        await _http.ImportAsync("lines", "config host 'a'\n");
        await _http.CallAsync("PUT", "modules/lines/sections/a/options/x", "{\"value\":1}");
        (string, string) lines = ("Accept", "application/x-ndjson");
        var module = await _http.CallAsync("GET", "modules/lines/history", null, lines);
        Assert.Equal("application/x-ndjson", module.Headers["Content-Type"]);
        Assert.Equal([2, 1], module.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!["revision"]!.GetValue<long>()));
        var all = await _http.CallAsync("GET", "history?count=2", null, lines);
        Assert.Equal(2, all.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, (await _http.CallAsync("GET", "modules/lines/history")).Json.AsArray().Count);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Large_answers_are_compressed_for_who_takes_that_and_small_ones_never(string encoding)
    {
        (string, string) accepted = ("Accept-Encoding", encoding);
        var large = await _http.CallAsync("GET", "openapi.json", null, accepted);
        Assert.Equal(encoding, large.Headers["Content-Encoding"]);
        using var packed = new MemoryStream(large.Body);
        await using Stream unpacking = encoding == "br" ? new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionMode.Decompress) : new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Decompress);
        using var text = new StreamReader(unpacking);
        Assert.Equal((await _http.CallAsync("GET", "openapi.json")).Text, await text.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.False((await _http.CallAsync("GET", "modules/net/sections/lan/options/mtu", null, accepted)).Headers.ContainsKey("Content-Encoding"));
        Assert.True((await _http.CallAsync("GET", "modules/net", null, accepted)).Headers.ContainsKey("Content-Encoding"));
    }

    [Fact]
    public async Task A_page_of_another_origin_may_do_nothing_unless_a_setting_names_it()
    {
        (string, string) origin = ("Origin", "https://studio.example");
        var question = await _http.CallAsync("OPTIONS", "modules/net", null, origin, ("Access-Control-Request-Method", "PUT"));
        Assert.Equal((HttpStatusCode.Forbidden, "denied"), (question.Status, question.Code));
        Assert.False((await _http.CallAsync("GET", "modules/net", null, origin)).Headers.ContainsKey("Access-Control-Allow-Origin"));
        Assert.Equal(HttpStatusCode.Forbidden, (await _http.CallAsync("DELETE", "modules/net/sections/lan", null, origin)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("GET", "modules/net/sections/lan")).Status);

        await using var node = new Nodes.NodeProcess();
        node.Set("--cors-origins=https://studio.example,https://other.example");
        await node.StartAsync();
        using var http = Nodes.NodeHttp.Client(node);
        var allowed = await http.CallAsync("OPTIONS", "modules/net", null, origin, ("Access-Control-Request-Method", "PUT"));
        Assert.Equal((HttpStatusCode.NoContent, "https://studio.example"), (allowed.Status, allowed.Headers["Access-Control-Allow-Origin"]));
        Assert.Equal("https://studio.example", (await http.CallAsync("GET", "modules", null, origin)).Headers["Access-Control-Allow-Origin"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.CallAsync("PUT", "modules/net", "", ("Origin", "https://studio.example.evil"))).Status);
    }

    private async Task<string> TagAsync(string address) => (await _http.CallAsync("GET", address)).Tag;
}
