using System.Collections.Immutable;
using System.Diagnostics;
using Cms.Storage.Topics;

namespace Cms.Actors.Topics;

/// <summary>An application topic without its messages.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bounds">How much it keeps.</param>
/// <param name="First">The number of the oldest message kept; one above <paramref name="Last"/> when there is none.</param>
/// <param name="Last">The number of the newest message.</param>
/// <param name="FirstTotal">What the messages before the first one took.</param>
/// <param name="Total">What all messages ever took.</param>
/// <param name="Acknowledged">How far each durable subscription has acknowledged.</param>
public sealed record MessageTopicState(
    string Name, TopicBounds Bounds, long First, long Last, long FirstTotal, long Total, ImmutableSortedDictionary<string, long> Acknowledged)
{
    /// <summary>How many messages are kept.</summary>
    public long Count => Last - First + 1;

    /// <summary>What they take, in bytes.</summary>
    public long Bytes => Total - FirstTotal;

    /// <summary>The state that a store has.</summary>
    public static MessageTopicState Of(StoredTopic topic) => new(
        topic.Name, topic.Bounds, topic.First, topic.Last, topic.FirstTotal, topic.Total, topic.Acknowledged.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>The state after a change. Total over stored changes.</summary>
    public MessageTopicState Apply(TopicChange change) => change switch
    {
        TopicChange.Configured configured => this with { Bounds = configured.Bounds },
        TopicChange.Published published => this with { Last = published.Message.Sequence, Total = published.Message.Total },
        TopicChange.Trimmed trimmed => this with { First = trimmed.First, FirstTotal = trimmed.FirstTotal },
        TopicChange.Acknowledged acknowledged => this with { Acknowledged = Acknowledged.SetItem(acknowledged.Subscription, acknowledged.Sequence) },
        TopicChange.Unsubscribed unsubscribed => this with { Acknowledged = Acknowledged.Remove(unsubscribed.Subscription) },
        TopicChange.Swept or TopicChange.Deleted => this,
        _ => throw new UnreachableException($"unknown change {change.GetType().Name}"),
    };
}
