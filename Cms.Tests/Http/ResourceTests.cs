using System.Net;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>Modules, sections, options, elements, tables and rows as resources of their own.</summary>
public sealed class ResourceTests(HttpNode shared) : IClassFixture<HttpNode>
{
    private readonly HttpClient _http = shared.Http;

    [Fact]
    public async Task An_option_is_set_read_patched_and_removed()
    {
        await _http.ImportAsync("options", "config host 'a'\n");
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("GET", "modules/options/sections/a/options/x")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("PATCH", "modules/options/sections/a/options/x", "{\"value\":1}")).Status);
        Assert.Equal(2, (await _http.CallAsync("PUT", "modules/options/sections/a/options/x", "{\"value\":1500}")).Json["revision"]!.GetValue<long>());
        Assert.Equal("{\"section\":\"a\",\"option\":\"x\",\"value\":1500,\"changed\":2,\"revision\":2}", (await _http.CallAsync("GET", "modules/options/sections/a/options/x")).Text);
        await _http.CallAsync("PATCH", "modules/options/sections/a/options", "{\"y\":\"b\",\"x\":null,\"z\":null}");
        Assert.Equal("{\"y\":\"b\"}", (await _http.CallAsync("GET", "modules/options/sections/@host[0]/options")).Text);
        Assert.Equal("{\"x\":1500}", (await _http.CallAsync("GET", "modules/options/sections/%231/options?revision=2")).Text);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("PATCH", "modules/options/sections/a/options/y", "{\"value\":null}", ("Content-Type", "application/merge-patch+json"))).Status);
        var gone = await _http.CallAsync("DELETE", "modules/options/sections/a/options/y");
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), (gone.Status, gone.Code));
    }

    [Fact]
    public async Task Elements_of_a_list_are_added_read_replaced_and_removed()
    {
        await _http.ImportAsync("lists", "config host 'a'\n\tlist dns '1.1.1.1'\n\toption one '1'\n");
        const string Elements = "modules/lists/sections/a/options/dns/elements";
        await _http.CallAsync("POST", Elements, "{\"value\":[\"b\",\"c\"]}");
        await _http.CallAsync("PUT", Elements + "/0", "{\"value\":\"a\"}");
        await _http.CallAsync("DELETE", Elements + "/1");
        Assert.Equal("{\"revision\":4,\"elements\":[\"a\",\"c\"]}", (await _http.CallAsync("GET", Elements)).Text);
        Assert.Equal("{\"value\":\"c\"}", (await _http.CallAsync("GET", Elements + "/1")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("DELETE", Elements + "/2")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("GET", Elements + "/2")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("PUT", Elements + "/x", "{\"value\":\"a\"}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("DELETE", "modules/lists/sections/a/options/one/elements/0")).Status);
    }

    [Fact]
    public async Task A_section_is_added_made_equal_patched_and_removed()
    {
        await _http.ImportAsync("sections", "config host 'a'\n");
        var named = await _http.CallAsync("POST", "modules/sections/sections", "{\"type\":\"host\",\"name\":\"b\",\"options\":{\"x\":1,\"y\":2}}");
        Assert.Equal((HttpStatusCode.Created, "/api/v1/modules/sections/sections/b"), (named.Status, named.Headers["Location"]));
        var anonymous = await _http.CallAsync("POST", "modules/sections/sections", "{\"type\":\"rule\"}");
        Assert.Equal("/api/v1/modules/sections/sections/%233", anonymous.Headers["Location"]);
        Assert.Equal("rule", (await _http.CallAsync("GET", anonymous.Headers["Location"])).Json["type"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Conflict, (await _http.CallAsync("POST", "modules/sections/sections", "{\"type\":\"host\",\"name\":\"b\"}")).Status);
        await _http.CallAsync("PUT", "modules/sections/sections/b", "{\"options\":{\"x\":3,\"z\":4}}");
        Assert.Equal("{\"id\":2,\"type\":\"host\",\"name\":\"b\",\"options\":{\"x\":3,\"z\":4}}", (await _http.CallAsync("GET", "modules/sections/sections/b")).Text);
        await _http.CallAsync("PATCH", "modules/sections/sections/b", "{\"type\":\"server\",\"name\":\"c\",\"options\":{\"x\":null}}");
        Assert.Equal("{\"id\":2,\"type\":\"server\",\"name\":\"c\",\"options\":{\"z\":4}}", (await _http.CallAsync("GET", "modules/sections/sections/c")).Text);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("PUT", "modules/sections/sections/d", "{\"type\":\"host\",\"options\":{\"n\":1}}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("PUT", "modules/sections/sections/e", "{\"options\":{\"n\":1}}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("DELETE", "modules/sections/sections/@rule[0]")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("DELETE", "modules/sections/sections/@rule[0]")).Status);
    }

    [Fact]
    public async Task Lists_come_in_pages_of_one_state_and_as_lines()
    {
        await _http.ImportAsync("pages", string.Concat(Enumerable.Range(0, 5).Select(number => $"config host 'h{number}'\n")));
        var first = await _http.CallAsync("GET", "modules/pages/sections?count=2&fields=sections.name,more");
        Assert.Equal("{\"sections\":[{\"name\":\"h0\"},{\"name\":\"h1\"}],\"more\":true}", first.Text);
        await _http.CallAsync("DELETE", "modules/pages/sections/h0");
        var next = first.Headers["Link"][1..first.Headers["Link"].IndexOf('>', StringComparison.Ordinal)];
        Assert.Equal("{\"sections\":[{\"name\":\"h2\"},{\"name\":\"h3\"}],\"more\":true}", (await _http.CallAsync("GET", next)).Text);
        var lines = await _http.CallAsync("GET", "modules/pages/sections?skip=3", null, ("Accept", "application/x-ndjson"));
        Assert.Equal(("application/x-ndjson", "{\"id\":5,\"type\":\"host\",\"name\":\"h4\",\"options\":{}}\n"), (lines.Headers["Content-Type"], lines.Text));
        Assert.False(lines.Headers.ContainsKey("Link"));
        Assert.Contains("{\"module\":\"pages\",\"revision\":2}", (await _http.CallAsync("GET", "modules")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_and_rows_are_made_read_changed_and_removed()
    {
        await _http.ImportAsync("tables", "config host 'a'\n");
        const string Table = "modules/tables/tables/hosts";
        var columns = "{\"primaryKey\":\"name\",\"columns\":[{\"name\":\"name\",\"type\":\"string\",\"size\":20},{\"name\":\"group\",\"type\":\"int\",\"index\":\"index\"}]}";
        Assert.Equal(HttpStatusCode.Created, (await _http.CallAsync("PUT", Table, columns)).Status);
        Assert.Equal("already-exists", (await _http.CallAsync("PUT", Table, columns)).Code);
        var made = await _http.CallAsync("POST", Table + "/rows", "{\"row\":{\"name\":\"a/b c\",\"group\":1}}");
        Assert.Equal((HttpStatusCode.Created, "/api/v1/modules/tables/tables/hosts/rows/a%2Fb%20c"), (made.Status, made.Headers["Location"]));
        Assert.Equal("{\"name\":\"a/b c\",\"group\":1}", (await _http.CallAsync("GET", made.Headers["Location"])).Json["row"]!.ToJsonString());
        await _http.CallAsync("PUT", Table + "/rows/second", "{\"row\":{\"group\":2}}");
        await _http.CallAsync("PATCH", Table + "/rows/second", "{\"row\":{\"group\":3}}");
        Assert.Equal("{\"name\":\"second\",\"group\":3}\n", (await _http.CallAsync("GET", Table + "/rows?where=group%3D3", null, ("Accept", "application/x-ndjson"))).Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("PUT", Table + "/rows/third", "{\"row\":{}}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("PATCH", Table + "/rows/second", "{\"row\":{\"name\":\"other\"}}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("DELETE", Table + "/rows/second")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("GET", Table + "/rows/second")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _http.CallAsync("DELETE", Table)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("GET", Table)).Status);
    }

    [Fact]
    public async Task A_search_finds_options_of_all_modules_and_cells_of_tables()
    {
        await _http.ImportAsync("found", "config host 'a'\n\toption needle 'in hay'\n");
        await _http.CallAsync("POST", "modules/found/commits", "{\"operations\":[{\"op\":\"create_table\",\"table\":\"t\",\"primaryKey\":\"k\",\"columns\":[{\"name\":\"k\",\"type\":\"string\",\"size\":20}]},{\"op\":\"insert_row\",\"table\":\"t\",\"row\":{\"k\":\"needle\"}}]}");
        Assert.Equal(
            "{\"hits\":[{\"path\":\"found.a.needle\",\"module\":\"found\",\"section\":\"a\",\"type\":\"host\",\"option\":\"needle\",\"value\":\"in hay\"}],\"more\":true}",
            (await _http.CallAsync("GET", "search?q=NEEDLE&ignoreCase=true&tables=true&count=1")).Text);
        Assert.Equal("found.t[needle].k", (await _http.CallAsync("GET", "search?q=needle&in=value&tables=true")).Json["hits"]![0]!["path"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("GET", "search?q=(&kind=regex")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.CallAsync("GET", "search?q=x&in=nowhere")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.CallAsync("GET", "search?q=x&module=nosuch")).Status);
    }
}
