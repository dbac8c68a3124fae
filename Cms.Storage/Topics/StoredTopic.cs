namespace Cms.Storage.Topics;

/// <summary>What a topic does with a message for which it has no room.</summary>
public enum TopicOverflow
{
    /// <summary>The publisher is refused.</summary>
    Refuse = 0,

    /// <summary>The oldest messages make room; a subscriber that has not had them is told of the gap.</summary>
    DropOldest = 1,
}

/// <summary>How much a topic keeps.</summary>
/// <param name="MaxMessages">The most messages.</param>
/// <param name="MaxBytes">The most bytes that they take, see <see cref="StoredMessage.Total"/>.</param>
/// <param name="Overflow">What happens when they are reached.</param>
public sealed record TopicBounds(long MaxMessages, long MaxBytes, TopicOverflow Overflow);

/// <summary>A topic as the store has it.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Bounds">How much it keeps.</param>
/// <param name="First">The number of the oldest message kept; one above <paramref name="Last"/> when there is none.</param>
/// <param name="Last">The number of the newest message ever published; 0 before the first.</param>
/// <param name="FirstTotal">What the messages before <paramref name="First"/> took.</param>
/// <param name="Total">What all messages ever took.</param>
/// <param name="Acknowledged">By the name of the subscription: the number up to which it has acknowledged.</param>
public sealed record StoredTopic(
    string Name, TopicBounds Bounds, long First, long Last, long FirstTotal, long Total, IReadOnlyDictionary<string, long> Acknowledged)
{
    /// <summary>How many messages before <see cref="First"/> still take room.</summary>
    public long UnsweptCount { get; init; }
}

/// <summary>A message.</summary>
/// <param name="Sequence">Its number in the topic, from 1, without gaps.</param>
/// <param name="Time">The wall clock when it was taken, a label only.</param>
/// <param name="Principal">Who published it.</param>
/// <param name="IsJson">Whether the payload is JSON in UTF-8; else it is bytes of any kind.</param>
/// <param name="Payload">Never to be changed.</param>
/// <param name="Total">What all messages of the topic took up to and including this one: the bytes of their payloads and <see cref="OverheadBytes"/> for each.</param>
public sealed record StoredMessage(long Sequence, DateTimeOffset Time, string Principal, bool IsJson, ReadOnlyMemory<byte> Payload, long Total)
{
    /// <summary>What a message is counted for beside its payload.</summary>
    public const int OverheadBytes = 64;
}
