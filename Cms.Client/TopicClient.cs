using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cms.Client.Watching;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Client;

/// <summary>The application topics of a node; see <see cref="CmsClient.Topics"/>.</summary>
/// <remarks>Any thread may call. Every method throws <see cref="RefusedException"/> for a refusal.</remarks>
public sealed class TopicClient
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    // Three of the daemon's signs of life.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMilliseconds(3.0 * WatchRequest.DefaultHeartbeatMs);

    private readonly CmsClient _client;

    internal TopicClient(CmsClient client) => _client = client;

    /// <summary>Every topic.</summary>
    public Task<IReadOnlyList<TopicReport>> ListAsync(CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Get, "topics", null, WireJson.Default.IReadOnlyListTopicReport, cancellation);

    /// <summary>Makes a topic, or gives it other bounds; durable when it returns.</summary>
    public Task<TopicReport> ConfigureAsync(string topic, TopicSettings settings, CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Put, Of(topic), JsonContent.Create(settings, WireJson.Default.TopicSettings), WireJson.Default.TopicReport, cancellation);

    /// <summary>Deletes a topic with its messages and subscriptions.</summary>
    public Task DeleteAsync(string topic, CancellationToken cancellation) => _client.SendAsync(HttpMethod.Delete, Of(topic), null, cancellation);

    /// <summary>Publishes messages, all or none; when it returns they are durable.</summary>
    /// <exception cref="RefusedException"><see cref="ErrorCode.Busy"/>: the topic is full and refuses. <see cref="ErrorCode.UnknownOutcome"/>: repeating may publish twice.</exception>
    public Task<PublishReply> PublishAsync(string topic, IReadOnlyList<MessagePayload> messages, CancellationToken cancellation) => _client.SendAsync(
        HttpMethod.Post, Of(topic), JsonContent.Create(new PublishRequest { Messages = messages }, WireJson.Default.PublishRequest), WireJson.Default.PublishReply, cancellation);

    /// <summary>Begins a durable subscription; one that is there stays as it is.</summary>
    public Task<TopicReport> SubscribeAsync(string topic, string subscription, bool fromFirst, CancellationToken cancellation) => _client.SendAsync(
        HttpMethod.Put, Of(topic, subscription), JsonContent.Create(new SubscriptionRequest { FromFirst = fromFirst }, WireJson.Default.SubscriptionRequest), WireJson.Default.TopicReport, cancellation);

    /// <summary>Ends a durable subscription.</summary>
    public Task UnsubscribeAsync(string topic, string subscription, CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Delete, Of(topic, subscription), null, cancellation);

    /// <summary>Says that a subscription is done with all messages up to a number; when it returns that is durable.</summary>
    public Task AcknowledgeAsync(string topic, string subscription, long sequence, CancellationToken cancellation) => _client.SendAsync(
        HttpMethod.Post, Of(topic, subscription) + "/ack", JsonContent.Create(new AcknowledgeRequest { Sequence = sequence }, WireJson.Default.AcknowledgeRequest), cancellation);

    /// <summary>Hears messages as they come, in order, and goes on where it was when the daemon was away.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="subscription">For a durable subscription, after what it has acknowledged; null for none.</param>
    /// <param name="since">The number to go on after; null without a subscription is now.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Lines of the kinds start (again after each interruption), message, lost and, as the last one, over.</returns>
    public async IAsyncEnumerable<MessageLine> ReadAsync(
        string topic, string? subscription, long? since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var wasConnected = false;
        while (true)
        {
            await using var lines = await ConnectAsync(topic, subscription, since, wasConnected, cancellation);
            while (lines is not null && await NextAsync(lines, cancellation) is { } line)
            {
                wasConnected = true;
                since = line.Sequence ?? line.Next - 1 ?? since;
                if (line.Kind != WatchLine.Alive)
                {
                    yield return line;
                }

                if (line.Kind == MessageLine.Over)
                {
                    yield break;
                }
            }

            // Nobody tells when a daemon is back.
            await Task.Delay(RetryDelay, cancellation);
        }
    }

    private static string Of(string topic) => "topics/" + Uri.EscapeDataString(topic);

    private static string Of(string topic, string subscription) => $"{Of(topic)}/subscriptions/{Uri.EscapeDataString(subscription)}";

    private async Task<LineReader<MessageLine>?> ConnectAsync(string topic, string? subscription, long? since, bool mayWait, CancellationToken cancellation)
    {
        var path = $"{(subscription is null ? Of(topic) : Of(topic, subscription))}/messages{(since is null ? "" : $"?since={since}")}";
        try
        {
            return new LineReader<MessageLine>(await _client.OpenAsync(HttpMethod.Get, path, null, cancellation), WireJson.Default.MessageLine);
        }
        catch (RefusedException refused) when (mayWait && refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
        {
            return null;
        }
    }

    private static async Task<MessageLine?> NextAsync(LineReader<MessageLine> lines, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(LongestSilence);
        try
        {
            var line = await lines.ReadAsync(silence.Token);
            return line is { Kind: WatchLine.End or WatchLine.Failed } ? null : line;
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or JsonException || (cut is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // What was cut off is asked for again.
            return null;
        }
    }
}
