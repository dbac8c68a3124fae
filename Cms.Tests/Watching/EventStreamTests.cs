using System.Text.Json;
using Cms.Client.Wire;
using Cms.Tests.Nodes;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Watching;

/// <summary>Watching by server-sent events of a real daemon.</summary>
public sealed class EventStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("events", null)]
    [InlineData("watch", "text/event-stream")]
    public async Task A_browser_goes_on_behind_the_last_event_that_it_heard(string path, string? accept)
    {
        await using var node = await WatchSocketTests.StartAsync();
        await File.WriteAllTextAsync(node.FileOf("other"), "config a 'b'\n", Token);
        string last;
        using (var first = await OpenAsync(node, path + "?pattern=net", accept, null))
        {
            var start = await NextAsync(first);
            Assert.Equal(("start", start.Id), (start.Event, start.Line.Position));
            await WatchSocketTests.SetAsync(node, "s1", "1");
            await WatchSocketTests.SetAsync(node, "s1", "2");
            var commit = await NextAsync(first);
            Assert.Equal(("commit", 2), (commit.Event, commit.Line.Revision));
            last = commit.Id;
            Assert.Equal(3, (await NextAsync(first)).Line.Revision);
        }

        await node.KillAsync();
        await node.StartAsync();
        await WatchSocketTests.SetAsync(node, "s1", "3");
        using var second = await OpenAsync(node, path + "?pattern=net", accept, last);
        Assert.Equal(last, (await NextAsync(second)).Id);
        Assert.Equal((3, 4), ((await NextAsync(second)).Line.Revision, (await NextAsync(second)).Line.Revision));
    }

    [Fact]
    public async Task Silence_is_broken_by_comments_and_a_daemon_that_stops_says_so()
    {
        await using var node = await WatchSocketTests.StartAsync();
        using var reader = await OpenAsync(node, "events?pattern=net&heartbeatMs=100", null, null);
        Assert.Equal("retry: 1000", await reader.ReadLineAsync(Token));
        await NextAsync(reader);
        for (var comments = 0; comments < 3;)
        {
            comments += await reader.ReadLineAsync(Token) == ":" ? 1 : 0;
        }

        var stopped = node.StopAsync();
        var end = await NextAsync(reader);
        Assert.Equal(("end", WatchLine.End), (end.Event, end.Line.Kind));
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task A_browser_whose_last_event_is_not_kept_any_more_is_told_what_it_has_lost()
    {
        await using var node = await WatchSocketTests.StartAsync();
        string first;
        using (var reader = await OpenAsync(node, "events?pattern=net", null, null))
        {
            first = (await NextAsync(reader)).Id;
        }

        await WatchSocketTests.SetAsync(node, "s1", "1");
        await WatchSocketTests.SetAsync(node, "s1", "2");
        await node.KillAsync();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(node.StateDirectory, "journal.db")};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM commits WHERE revision < 3";
            Assert.Equal(2, await command.ExecuteNonQueryAsync(Token));
        }

        await node.StartAsync();
        using var again = await OpenAsync(node, "events?pattern=net", null, first);
        Assert.Equal(first, (await NextAsync(again)).Id);
        var lost = await NextAsync(again);
        Assert.Equal(("lost", 1, 3), (lost.Event, lost.Line.After, lost.Line.Next));
        var commit = await NextAsync(again);
        Assert.Equal(("commit", 3), (commit.Event, commit.Line.Revision));
        using var behind = await OpenAsync(node, "events?pattern=net", null, lost.Id);
        await NextAsync(behind);
        Assert.Equal(3, (await NextAsync(behind)).Line.Revision);
    }

    [Theory]
    [InlineData("events?pattern=net", "nonsense", 400)]
    [InlineData("events?pattern=net", "00000000000000000000000000000000/net=1", 409)]
    [InlineData("events", null, 400)]
    public async Task What_cannot_be_watched_is_refused(string path, string? last, int status)
    {
        await using var node = await WatchSocketTests.StartAsync();
        using var client = NodeHttp.Client(node);
        using var request = Request(path, null, last);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    private static HttpRequestMessage Request(string path, string? accept, string? last)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "*/*");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", last ?? "");
        return request;
    }

    private static async Task<StreamReader> OpenAsync(NodeProcess node, string path, string? accept, string? last)
    {
        using var request = Request(path, accept, last);
        var answer = await NodeHttp.Client(node).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
    }

    private static async Task<(string Id, string Event, WatchLine Line)> NextAsync(StreamReader reader)
    {
        var fields = new Dictionary<string, string>();
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.Length == 0 && fields.TryGetValue("data", out var data))
            {
                return (fields["id"], fields["event"], JsonSerializer.Deserialize(data, WireJson.Default.WatchLine)!);
            }

            if (line.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0)
            {
                fields[line[..colon]] = line[(colon + 2)..];
            }
        }

        throw new InvalidDataException("the stream has ended");
    }
}
