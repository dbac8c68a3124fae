using Cms.Storage.Topics;

namespace Cms.Actors.Topics;

/// <summary>What an application topic may be asked to decide.</summary>
public abstract record MessageTopicCommand
{
    /// <summary>Takes messages, all or none, in order.</summary>
    /// <param name="Principal">Who publishes.</param>
    /// <param name="Bodies">At least one.</param>
    public sealed record Publish(string Principal, IReadOnlyList<MessageBody> Bodies) : MessageTopicCommand;

    /// <summary>Says that a subscription is done with all messages up to and including a number.</summary>
    public sealed record Acknowledge(string Subscription, long Sequence) : MessageTopicCommand;

    /// <summary>Begins a durable subscription; one that is there stays as it is.</summary>
    /// <param name="Subscription">Its name.</param>
    /// <param name="FromFirst">Whether it gets what is kept already; else what is published from now on.</param>
    public sealed record Subscribe(string Subscription, bool FromFirst) : MessageTopicCommand;

    /// <summary>Ends a durable subscription; what only it has not acknowledged is not kept any more.</summary>
    public sealed record Unsubscribe(string Subscription) : MessageTopicCommand;

    /// <summary>Gives the topic other bounds.</summary>
    public sealed record Configure(TopicBounds Bounds) : MessageTopicCommand;
}

/// <summary>What a message says.</summary>
/// <param name="IsJson">Whether the payload is JSON in UTF-8; else it is bytes of any kind.</param>
/// <param name="Payload">Never to be changed.</param>
public sealed record MessageBody(bool IsJson, ReadOnlyMemory<byte> Payload)
{
    /// <summary>What it is counted for in the bounds of a topic.</summary>
    public long Size => Payload.Length + StoredMessage.OverheadBytes;
}
