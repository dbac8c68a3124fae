using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Bulks sent to a real node.</summary>
public sealed class BulkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_become_commits_of_at_most_a_size_in_the_order_of_the_text()
    {
        await using var node = await StartAsync();
        var result = await SendAsync(node, Sets("a", 0, 25) + Sets("b", 0, 5), new BulkOptions { Size = 10, Message = "load" });
        Assert.Null(result.Refusal);
        Assert.Equal((30, 30, 4, 30), (result.Done.Operations, result.Done.Changes, result.Done.Commits, result.Done.Lines));
        Assert.Equal([("a", 4, 25, 25), ("b", 2, 5, 30)], result.Done.Modules.Select(module => (module.Module, module.Revision, module.Operations, module.LastLine)));
        var history = await node.Client.HistoryAsync("a", 10, Token);
        Assert.Equal([5, 10, 10], history.Take(3).Select(commit => commit.Changes));
        Assert.All(history.Take(3), commit => Assert.Equal("load", commit.Message));
        await AssertValuesAsync(node, "a", 25);
        await AssertValuesAsync(node, "b", 5);
    }

    [Fact]
    public async Task JSON_and_modules_in_turn_are_taken_too()
    {
        await using var node = await StartAsync();
        var text = string.Concat(Enumerable.Range(0, 1000).Select(index =>
            $$"""{"module":"{{(index % 2 == 0 ? "a" : "b")}}","op":"set","section":"s","option":"o{{index / 2}}","value":"v{{index / 2}}"}""" + "\n"));
        var result = await SendAsync(node, text, new BulkOptions { IsJson = true });
        Assert.Null(result.Refusal);
        Assert.Equal((1000, 10), (result.Done.Operations, result.Done.Commits));
        await AssertValuesAsync(node, "a", 500);
        await AssertValuesAsync(node, "b", 500);
    }

    [Theory]
    [InlineData("set a.nosuch.x=1\n", ErrorCode.NotFound)]
    [InlineData("set a.s.x='open\n", ErrorCode.InvalidArgument)]
    [InlineData("set nosuch.s.x=1\n", ErrorCode.NotFound)]
    [InlineData("fly\n", ErrorCode.InvalidArgument)]
    public async Task What_is_refused_ends_the_bulk_with_all_groups_before_it_and_none_behind(string bad, ErrorCode code)
    {
        await using var node = await StartAsync();
        var text = Sets("b", 0, 7) + Sets("a", 0, 38) + bad + Sets("a", 38, 2000);
        var result = await SendAsync(node, text, new BulkOptions { Size = 10 });
        Assert.Equal((code, 46), (result.Refusal!.Code, result.Line));
        Assert.StartsWith("line 46: ", result.Refusal.Message, StringComparison.Ordinal);
        Assert.Equal((37, 37, 4), (result.Done.Operations, result.Done.Lines, result.Done.Commits));
        await AssertValuesAsync(node, "b", 7);
        await AssertValuesAsync(node, "a", 30);
    }

    [Fact]
    public async Task A_bulk_sent_again_under_its_request_id_goes_on_where_it_ended()
    {
        await using var node = await StartAsync();
        var options = new BulkOptions { Size = 10, RequestId = "load" };
        var good = Sets("a", 0, 20) + "set a.s.o0=v0\nset a.s.o1=v1\n" + Sets("a", 20, 30);
        var first = await SendAsync(node, good + "set a.nosuch.x=1\n", options);
        Assert.Equal((50, 53), (first.Done.Operations, first.Line));
        await node.KillAsync();
        await node.StartAsync();
        await SendAsync(node, "set a.s.o0=changed\n", new BulkOptions());
        var second = await SendAsync(node, good + "set a.s.x=1\n", options);
        Assert.Null(second.Refusal);
        Assert.Equal((53, 3, 5), (second.Done.Operations, second.Done.Changes, second.Done.RepeatedGroups));
        Assert.Equal("changed", (await node.Client.GetAsync("a", Token)).Sections[0].Options["o0"].GetText());
        Assert.Equal("1", (await node.Client.GetAsync("a", Token)).Sections[0].Options["x"].GetText());
        var third = await SendAsync(node, good + "set a.s.x=1\n", options);
        Assert.Equal((0, 6), (third.Done.Changes, third.Done.RepeatedGroups));
    }

    [Fact]
    public async Task An_atomic_bulk_is_one_commit_of_each_module_or_nothing()
    {
        await using var node = await StartAsync();
        node.Set("--max-operations=100");
        await node.StopAsync();
        await node.StartAsync();
        var atomic = new BulkOptions { IsAtomic = true, RequestId = "all" };
        var result = await SendAsync(node, Sets("a", 0, 1000) + Sets("b", 0, 500) + "set b.nosuch.x=1\n", atomic);
        Assert.Equal((ErrorCode.NotFound, 1501), (result.Refusal!.Code, result.Line));
        Assert.Equal((0, 0), (result.Done.Operations, result.Done.Lines));
        Assert.Equal((1, 1), ((await node.Client.GetAsync("a", Token)).Revision, (await node.Client.GetAsync("b", Token)).Revision));

        result = await SendAsync(node, Sets("a", 0, 1000) + Sets("b", 0, 500), atomic);
        Assert.Null(result.Refusal);
        Assert.Equal((1500, 1500, 2), (result.Done.Operations, result.Done.Changes, result.Done.Commits));
        await AssertValuesAsync(node, "a", 1000);
        await AssertValuesAsync(node, "b", 500);
        result = await SendAsync(node, Sets("a", 0, 1000) + Sets("b", 0, 500), atomic);
        Assert.Equal((2, 0), (result.Done.RepeatedGroups, result.Done.Changes));
        result = await SendAsync(node, Sets("a", 1000, 10) + "set a.nosuch.x=1\n", new BulkOptions { IsAtomic = true });
        Assert.Equal((11, 0), (result.Line, result.Done.Operations));
        await AssertValuesAsync(node, "a", 1000);
    }

    [Fact]
    public async Task An_atomic_bulk_has_a_bound_and_the_other_kind_has_none()
    {
        await using var node = new NodeProcess();
        node.Set("--max-bulk-operations=50");
        await PrepareAsync(node);
        var result = await SendAsync(node, Sets("a", 0, 51), new BulkOptions { IsAtomic = true });
        Assert.Equal((ErrorCode.TooLarge, 51), (result.Refusal!.Code, result.Line));
        Assert.Contains("max_bulk_operations", result.Refusal.Message, StringComparison.Ordinal);
        Assert.Equal(50, (await SendAsync(node, Sets("a", 0, 50), new BulkOptions { IsAtomic = true })).Done.Operations);
        Assert.Equal(300, (await SendAsync(node, Sets("a", 0, 300), new BulkOptions())).Done.Operations);
    }

    [Fact]
    public async Task Rows_are_read_as_their_columns_say()
    {
        await using var node = await StartAsync();
        var text = "table create a.hosts name:string:20:key group:int:4:index\n"
            + string.Concat(Enumerable.Range(0, 300).Select(row => $"table insert a.hosts name=n{row} group={row % 7}\n"))
            + "table update a.hosts name=n5 group=100; table delete a.hosts n6\n";
        Assert.Equal(303, (await SendAsync(node, text, new BulkOptions())).Done.Operations);
        var rows = await node.Client.RowsAsync("a", "hosts", new RowsQuery { Where = ["group=100"] }, Token);
        Assert.Equal("n5", rows.Rows.Single()["name"].GetText());
        var wrong = await SendAsync(node, "table insert a.hosts name=x group=many\n", new BulkOptions());
        Assert.Equal((ErrorCode.InvalidArgument, 1), (wrong.Refusal!.Code, wrong.Line));
        Assert.Contains("'many' is not of type int", wrong.Refusal.Message, StringComparison.Ordinal);
        Assert.Contains("no column 'nosuch'", (await SendAsync(node, "table insert a.hosts name=x nosuch=1\n", new BulkOptions())).Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bulk", "text/plain", 415, "content type")]
    [InlineData("bulk?size=0", "application/x-uci", 400, "size")]
    [InlineData("bulk?size=x", "application/x-uci", 400, "size")]
    [InlineData("bulk?requestId=", "application/x-uci", 400, "request id")]
    public async Task A_bad_request_is_told_so(string address, string type, int status, string part)
    {
        await using var node = await StartAsync();
        using var http = NodeHttp.Client(node);
        using var content = new StringContent("set a.s.x=1\n", new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        using var response = await http.PostAsync(new Uri(address, UriKind.Relative), content, Token);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(part, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(1, (await node.Client.GetAsync("a", Token)).Revision);
    }

    [Fact]
    public async Task A_sender_who_goes_away_leaves_whole_groups_and_no_trouble()
    {
        await using var node = await StartAsync();
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(node.RunDirectory, "cmsd.sock")), Token);
            var head = "POST /api/v1/bulk?size=10 HTTP/1.1\r\nHost: cms\r\nContent-Type: application/x-uci\r\nContent-Length: 1000000\r\n\r\n";
            await socket.SendAsync(Encoding.UTF8.GetBytes(head + Sets("a", 0, 35)), Token);
            await UntilAsync(node, "a", 4);
        }

        Assert.Equal(5, (await SendAsync(node, Sets("b", 0, 5), new BulkOptions())).Done.Operations);
        await AssertValuesAsync(node, "a", 30);
    }

    private static Task UntilAsync(NodeProcess node, string module, long revision) =>
        Eventually.IsSoAsync(async () => (await node.Client.GetAsync(module, Token)).Revision >= revision);

    private static async Task AssertValuesAsync(NodeProcess node, string module, int count)
    {
        var options = (await node.Client.GetAsync(module, Token)).Sections[0].Options;
        Assert.Equal(Enumerable.Range(0, count).Select(index => ($"o{index}", $"v{index}")), options.Select(option => (option.Key, option.Value.GetText())));
    }

    private static string Sets(string module, int first, int count) =>
        string.Concat(Enumerable.Range(first, count).Select(index => string.Create(CultureInfo.InvariantCulture, $"set {module}.s.o{index}=v{index}\n")));

    private static async Task<BulkResult> SendAsync(NodeProcess node, string text, BulkOptions options)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await node.Client.BulkAsync(stream, options, Token);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await PrepareAsync(node);
        return node;
    }

    private static async Task PrepareAsync(NodeProcess node)
    {
        foreach (var module in new[] { "a", "b" })
        {
            await File.WriteAllTextAsync(node.FileOf(module), "config t 's'\n", Token);
        }

        await node.StartAsync();
    }
}
