namespace Cms.Storage.Topics;

/// <summary>One step from a topic's state to the next, as the store takes it.</summary>
/// <param name="Topic">The topic's name.</param>
public abstract record TopicChange(string Topic)
{
    /// <summary>A topic was made, or got other bounds.</summary>
    public sealed record Configured(string Topic, TopicBounds Bounds) : TopicChange(Topic);

    /// <summary>A topic went with its messages and subscriptions.</summary>
    public sealed record Deleted(string Topic) : TopicChange(Topic);

    /// <summary>A message came behind the last one.</summary>
    public sealed record Published(string Topic, StoredMessage Message) : TopicChange(Topic);

    /// <summary>Messages are not kept any more.</summary>
    /// <param name="Topic">The topic.</param>
    /// <param name="First">The number of the oldest one that is.</param>
    /// <param name="FirstTotal">What those before it took.</param>
    public sealed record Trimmed(string Topic, long First, long FirstTotal) : TopicChange(Topic);

    /// <summary>The room of some messages that are not kept any more is given back.</summary>
    public sealed record Swept(string Topic, int Count) : TopicChange(Topic);

    /// <summary>A subscription began, or has acknowledged up to a number.</summary>
    public sealed record Acknowledged(string Topic, string Subscription, long Sequence) : TopicChange(Topic);

    /// <summary>A subscription ended.</summary>
    public sealed record Unsubscribed(string Topic, string Subscription) : TopicChange(Topic);
}
