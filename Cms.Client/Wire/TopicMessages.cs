using System.Text.Json;

namespace Cms.Client.Wire;

/// <summary>How much an application topic is to keep; what is absent is the node's default.</summary>
public sealed record TopicSettings
{
    /// <summary>Publishers are refused when the topic is full.</summary>
    public const string Refuse = "refuse";

    /// <summary>The oldest messages make room when the topic is full.</summary>
    public const string DropOldest = "drop-oldest";

    /// <summary>The most messages.</summary>
    public long? MaxMessages { get; init; }

    /// <summary>The most bytes; a message counts 64 beside its payload.</summary>
    public long? MaxBytes { get; init; }

    /// <summary><see cref="Refuse"/> or <see cref="DropOldest"/>; else <see cref="Refuse"/>.</summary>
    public string? Overflow { get; init; }
}

/// <summary>An application topic.</summary>
public sealed record TopicReport
{
    /// <summary>Its name.</summary>
    public required string Topic { get; init; }

    /// <summary>How many messages it keeps.</summary>
    public required long Messages { get; init; }

    /// <summary>What they take.</summary>
    public required long Bytes { get; init; }

    /// <summary>The number of the oldest message kept.</summary>
    public required long First { get; init; }

    /// <summary>The number of the newest message.</summary>
    public required long Last { get; init; }

    /// <summary>The most messages that it keeps.</summary>
    public required long MaxMessages { get; init; }

    /// <summary>The most bytes that it keeps.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>What happens when it is full.</summary>
    public required string Overflow { get; init; }

    /// <summary>How many listen now.</summary>
    public required int Readers { get; init; }

    /// <summary>The durable subscriptions: by name the number up to which each has acknowledged.</summary>
    public required IReadOnlyDictionary<string, long> Subscriptions { get; init; }
}

/// <summary>What a message says: one of the two.</summary>
public sealed record MessagePayload
{
    /// <summary>Any JSON.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Any bytes.</summary>
    public byte[]? Base64 { get; init; }
}

/// <summary>Messages to publish, all or none, in order.</summary>
public sealed record PublishRequest
{
    /// <summary>At least one, at most 10,000.</summary>
    public required IReadOnlyList<MessagePayload> Messages { get; init; }
}

/// <summary>Messages that are durable now.</summary>
public sealed record PublishReply
{
    /// <summary>The number of the first one.</summary>
    public required long First { get; init; }

    /// <summary>The number of the last one.</summary>
    public required long Last { get; init; }
}

/// <summary>Begins a durable subscription.</summary>
public sealed record SubscriptionRequest
{
    /// <summary>Whether it gets what the topic keeps already; else what is published from now on.</summary>
    public bool FromFirst { get; init; }
}

/// <summary>Says that all messages up to a number are done with.</summary>
public sealed record AcknowledgeRequest
{
    /// <summary>The number, which is done with too.</summary>
    public required long Sequence { get; init; }
}

/// <summary>One line of a stream of messages.</summary>
public sealed record MessageLine
{
    /// <summary>A message.</summary>
    public const string Message = "message";

    /// <summary>Messages were dropped to make room before this subscriber had them.</summary>
    public const string Lost = "lost";

    /// <summary>The last line: another one reads for the subscription now, or the topic is gone.</summary>
    public const string Over = "over";

    /// <summary>One of the constants here, or alive, end or failed as <see cref="WatchLine"/> has them.</summary>
    public required string Kind { get; init; }

    /// <summary>The message's number in the topic, from 1.</summary>
    public long? Sequence { get; init; }

    /// <summary>When it was taken, a label only.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Who published it.</summary>
    public string? Principal { get; init; }

    /// <summary>What it says, if it is JSON.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>What it says, if it is not.</summary>
    public byte[]? Base64 { get; init; }

    /// <summary>The number of the last message before the lost ones.</summary>
    public long? After { get; init; }

    /// <summary>The number of the first message after the lost ones.</summary>
    public long? Next { get; init; }

    /// <summary>Why the daemon cannot go on.</summary>
    public Problem? Problem { get; init; }
}
