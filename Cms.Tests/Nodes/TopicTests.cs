using System.Text;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Application topics as processes use them over the socket.</summary>
public sealed class TopicTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscription_gets_everything_in_order_and_goes_on_behind_what_it_acknowledged()
    {
        await using var node = await StartAsync("alarms", new());
        await node.Client.Topics.SubscribeAsync("alarms", "pager", fromFirst: false, Token);
        await PublishAsync(node, "one", "two");
        var reply = await node.Client.Topics.PublishAsync("alarms", [new() { Payload = JsonDocument.Parse("""{"n":3}""").RootElement }], Token);
        Assert.Equal((3, 3), (reply.First, reply.Last));
        await using (var lines = await ReadAsync(node, "pager"))
        {
            Assert.Equal("1 one", Describe(await NextAsync(lines)));
            Assert.Equal("2 two", Describe(await NextAsync(lines)));
            var third = await NextAsync(lines);
            Assert.Equal((3, "{\"n\":3}"), (third.Sequence, third.Payload!.Value.GetRawText()));
        }

        await node.Client.Topics.AcknowledgeAsync("alarms", "pager", 2, Token);
        await node.StopAsync();
        await node.StartAsync();
        await PublishAsync(node, "four");
        await using var again = await ReadAsync(node, "pager");
        Assert.Equal([3, 4], new[] { (await NextAsync(again)).Sequence, (await NextAsync(again)).Sequence });
    }

    [Fact]
    public async Task Who_does_not_acknowledge_fills_the_topic_and_a_gap_is_told()
    {
        await using var node = await StartAsync("alarms", new() { MaxMessages = 3 });
        await node.Client.Topics.SubscribeAsync("alarms", "slow", fromFirst: false, Token);
        await PublishAsync(node, "1", "2", "3");
        Assert.Equal(ErrorCode.Busy, (await Assert.ThrowsAsync<RefusedException>(() => PublishAsync(node, "4"))).Refusal.Code);
        await node.Client.Topics.ConfigureAsync("alarms", new() { MaxMessages = 3, Overflow = TopicSettings.DropOldest }, Token);
        await PublishAsync(node, "4", "5");
        await using var lines = await ReadAsync(node, "slow");
        var lost = await NextAsync(lines);
        Assert.Equal((MessageLine.Lost, 0, 3), (lost.Kind, lost.After, lost.Next));
        Assert.Equal("3 3", Describe(await NextAsync(lines)));
    }

    [Fact]
    public async Task Only_one_reads_for_a_subscription()
    {
        await using var node = await StartAsync("alarms", new());
        await node.Client.Topics.SubscribeAsync("alarms", "pager", fromFirst: false, Token);
        await using var first = await ReadAsync(node, "pager");
        await using var second = await ReadAsync(node, "pager");
        Assert.Equal(MessageLine.Over, (await NextAsync(first)).Kind);
        Assert.False(await first.MoveNextAsync());
        await PublishAsync(node, "x");
        Assert.Equal("1 x", Describe(await NextAsync(second)));
        await node.Client.Topics.DeleteAsync("alarms", Token);
        Assert.Equal(MessageLine.Over, (await NextAsync(second)).Kind);
        Assert.Empty(await node.Client.Topics.ListAsync(Token));
    }

    [Fact]
    public async Task What_is_acknowledged_by_all_is_not_kept()
    {
        await using var node = await StartAsync("alarms", new());
        await node.Client.Topics.SubscribeAsync("alarms", "a", fromFirst: false, Token);
        await node.Client.Topics.SubscribeAsync("alarms", "b", fromFirst: false, Token);
        for (var batch = 0; batch < 5; batch++)
        {
            await PublishAsync(node, [.. Enumerable.Range(0, 1000).Select(number => $"{number}")]);
        }

        await node.Client.Topics.AcknowledgeAsync("alarms", "a", 5000, Token);
        await node.Client.Topics.AcknowledgeAsync("alarms", "b", 4999, Token);
        var topic = Assert.Single(await node.Client.Topics.ListAsync(Token));
        Assert.Equal((1, 5000, 5000), (topic.Messages, topic.First, topic.Last));
        await node.KillAsync();
        await node.StartAsync();
        await using var lines = await ReadAsync(node, "b");
        Assert.Equal("5000 999", Describe(await NextAsync(lines)));
    }

    [Fact]
    public async Task Nothing_acknowledged_to_a_publisher_is_lost_and_nothing_acknowledged_comes_again_over_kills()
    {
        await using var node = await StartAsync("alarms", new());
        await node.Client.Topics.SubscribeAsync("alarms", "pager", fromFirst: false, Token);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reading = BeginReading(node, ending.Token);
        var published = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            var publishing = PublishUntilDeathAsync(node, round, published);
            await Eventually.IsSoAsync(() => published.Count >= (round + 1) * 50);
            await node.KillAsync();
            await publishing;
            await node.StartAsync();
        }

        await PublishAsync(node, "last");
        await Eventually.IsSoAsync(() => reading.Seen.Contains("last"));
        await ending.CancelAsync();
        await reading.Done;
        Assert.Equal(published, reading.Seen.Where(published.Contains));
        Assert.Null(reading.Problem);
    }

    [Fact]
    public async Task Illegal_requests_change_nothing()
    {
        await using var node = await StartAsync("alarms", new());
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.Topics.ConfigureAsync("a b", new(), Token));
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.Topics.ConfigureAsync("a", new() { MaxMessages = 0 }, Token));
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.Topics.ConfigureAsync("a", new() { Overflow = "x" }, Token));
        await RefusedAsync(ErrorCode.NotFound, () => node.Client.Topics.PublishAsync("none", [new() { Base64 = [1] }], Token));
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.Topics.PublishAsync("alarms", [], Token));
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.Topics.PublishAsync("alarms", [new()], Token));
        await RefusedAsync(ErrorCode.TooLarge, () => node.Client.Topics.PublishAsync("alarms", [new() { Base64 = new byte[(1 << 20) + 1] }], Token));
        await RefusedAsync(ErrorCode.NotFound, () => node.Client.Topics.AcknowledgeAsync("alarms", "none", 1, Token));
        await RefusedAsync(ErrorCode.NotFound, () => node.Client.Topics.DeleteAsync("none", Token));
        await using var lines = node.Client.Topics.ReadAsync("alarms", "none", null, Token).GetAsyncEnumerator(Token);
        await RefusedAsync(ErrorCode.NotFound, async () => await lines.MoveNextAsync());
        Assert.Equal(0, Assert.Single(await node.Client.Topics.ListAsync(Token)).Last);
    }

    [Fact]
    public async Task The_commands_do_the_same()
    {
        await using var node = new NodeProcess();
        await node.StartAsync();
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "topic", "create", "alarms", "--max-messages", "5")).ExitCode);
        Assert.Equal((0, "alarms: messages 1 to 2\n", ""), await ProgramRun.CmsAsync(node, "topic", "publish", "alarms", "wan is down", "it's up"));
        Assert.Equal((0, "alarms: message 3\n", ""), await ProgramRun.CmsWithInputAsync(node, "{\"a\": 1}\n", "topic", "publish", "alarms", "--as-json"));
        var (exitCode, output, _) = await ProgramRun.CmsAsync(node, "topic", "subscribe", "alarms", "--name", "pager", "--from-first", "--ack", "--count", "2");
        Assert.Equal((0, "1 wan is down\n2 it's up\n"), (exitCode, output));
        Assert.Equal("3 {\"a\":1}\n", (await ProgramRun.CmsAsync(node, "topic", "subscribe", "alarms", "--name", "pager", "--count", "1")).Output);
        Assert.Contains("pager has acknowledged up to 2", (await ProgramRun.CmsAsync(node, "topic", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "topic", "ack", "alarms", "pager", "3")).ExitCode);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "topic", "delete", "alarms", "--name", "pager")).ExitCode);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "topic", "delete", "alarms")).ExitCode);
        Assert.Equal((0, "", ""), await ProgramRun.CmsAsync(node, "topic", "list"));
    }

    private static async Task PublishUntilDeathAsync(NodeProcess node, int round, List<string> published)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                await PublishAsync(node, $"{round}/{number}");
                lock (published)
                {
                    published.Add($"{round}/{number}");
                }
            }
        }
        catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
        {
            // The daemon was killed, as it was meant to be.
        }
    }

    private static Reading BeginReading(NodeProcess node, CancellationToken ending)
    {
        var reading = new Reading();
        reading.Done = reading.RunAsync(node, ending);
        return reading;
    }

    private static async Task RefusedAsync(ErrorCode code, Func<Task> action) => Assert.Equal(code, (await Assert.ThrowsAsync<RefusedException>(action)).Refusal.Code);

    private static Task<PublishReply> PublishAsync(NodeProcess node, params string[] texts) =>
        node.Client.Topics.PublishAsync("alarms", [.. texts.Select(text => new MessagePayload { Base64 = Encoding.UTF8.GetBytes(text) })], Token);

    private static string Describe(MessageLine line) => $"{line.Sequence} {Encoding.UTF8.GetString(line.Base64 ?? [])}";

    private static async Task<IAsyncEnumerator<MessageLine>> ReadAsync(NodeProcess node, string subscription)
    {
        var lines = node.Client.Topics.ReadAsync("alarms", subscription, null, Token).GetAsyncEnumerator(Token);
        Assert.Equal(WatchLine.Start, (await NextAsync(lines)).Kind);
        return lines;
    }

    private static async Task<MessageLine> NextAsync(IAsyncEnumerator<MessageLine> lines) =>
        await lines.MoveNextAsync() ? lines.Current : throw new InvalidDataException("the stream has ended");

    private static async Task<NodeProcess> StartAsync(string topic, TopicSettings settings)
    {
        var node = new NodeProcess();
        await node.StartAsync();
        await node.Client.Topics.ConfigureAsync(topic, settings, Token);
        return node;
    }

    /// <summary>A subscriber that acknowledges every message and checks that none that it acknowledged comes again.</summary>
    private sealed class Reading
    {
        private readonly List<string> _seen = [];
        private long _acknowledged;

        public Task Done { get; set; } = Task.CompletedTask;

        public string? Problem { get; private set; }

        public IReadOnlyList<string> Seen
        {
            get
            {
                lock (_seen)
                {
                    return [.. _seen];
                }
            }
        }

        public async Task RunAsync(NodeProcess node, CancellationToken ending)
        {
            while (!ending.IsCancellationRequested)
            {
                try
                {
                    // A new reader each time, which knows nothing but what the node remembers.
                    await foreach (var line in node.Client.Topics.ReadAsync("alarms", "pager", null, ending))
                    {
                        await TakeAsync(node, line);
                    }
                }
                catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
                {
                    await Task.Yield();
                }
                catch (OperationCanceledException) when (ending.IsCancellationRequested)
                {
                    return;
                }
            }
        }

        private async Task TakeAsync(NodeProcess node, MessageLine line)
        {
            if (line is not { Kind: MessageLine.Message, Sequence: { } sequence })
            {
                Problem ??= line.Kind == MessageLine.Lost ? $"lost {line.After} to {line.Next}" : null;
                return;
            }

            Problem ??= sequence <= _acknowledged ? $"message {sequence} came again after {_acknowledged} was acknowledged" : null;
            lock (_seen)
            {
                var text = Encoding.UTF8.GetString(line.Base64!);
                if (!_seen.Contains(text))
                {
                    _seen.Add(text);
                }
            }

            await node.Client.Topics.AcknowledgeAsync("alarms", "pager", sequence, Token);
            _acknowledged = sequence;
        }
    }
}
