using System.Text.Json;
using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Storage.Topics;

namespace Cms.Gateways.Requests;

/// <summary>Messages of application topics in the words of the wire. Pure.</summary>
internal static class MessageMapper
{
    public static byte[] ToBytes(MessageLine line) => [.. JsonSerializer.SerializeToUtf8Bytes(line, WireJson.Default.MessageLine), (byte)'\n'];

    public static byte[] ToLine(MessageEvent happened) => ToBytes(happened switch
    {
        MessageEvent.Told told => ToLine(told.Message),
        MessageEvent.Lost lost => new() { Kind = MessageLine.Lost, After = lost.After, Next = lost.Next },
        _ => throw new System.Diagnostics.UnreachableException($"unknown event {happened.GetType().Name}"),
    });

    /// <exception cref="RefusedException">It says nothing, or too much.</exception>
    public static MessageBody ToBody(MessagePayload? message, int mostBytes)
    {
        var body = message switch
        {
            { Payload: { } json, Base64: null } => new MessageBody(IsJson: true, JsonSerializer.SerializeToUtf8Bytes(json, WireJson.Default.JsonElement)),
            { Payload: null, Base64: { } bytes } => new MessageBody(IsJson: false, bytes),
            _ => throw new RefusedException(ErrorCode.InvalidArgument, "a message has either a payload, which is not null, or base64"),
        };
        return body.Payload.Length <= mostBytes ? body
            : throw new RefusedException(ErrorCode.TooLarge, $"a message has {body.Payload.Length} bytes; the most is {mostBytes}: see max_message_bytes");
    }

    public static TopicBounds ToBounds(TopicSettings settings, TopicBounds otherwise) => new(
        settings.MaxMessages ?? otherwise.MaxMessages,
        settings.MaxBytes ?? otherwise.MaxBytes,
        settings.Overflow switch
        {
            null => otherwise.Overflow,
            TopicSettings.Refuse => TopicOverflow.Refuse,
            TopicSettings.DropOldest => TopicOverflow.DropOldest,
            _ => throw new RefusedException(ErrorCode.InvalidArgument, $"overflow '{settings.Overflow}' is not legal: use {TopicSettings.Refuse} or {TopicSettings.DropOldest}"),
        });

    public static TopicReport ToReport(MessageTopic topic)
    {
        var state = topic.State;
        return new()
        {
            Topic = state.Name,
            Messages = state.Count,
            Bytes = state.Bytes,
            First = state.First,
            Last = state.Last,
            MaxMessages = state.Bounds.MaxMessages,
            MaxBytes = state.Bounds.MaxBytes,
            Overflow = state.Bounds.Overflow == TopicOverflow.DropOldest ? TopicSettings.DropOldest : TopicSettings.Refuse,
            Readers = topic.ReaderCount,
            Subscriptions = state.Acknowledged,
        };
    }

    private static MessageLine ToLine(StoredMessage message) => new()
    {
        Kind = MessageLine.Message,
        Sequence = message.Sequence,
        Time = message.Time,
        Principal = message.Principal,
        Payload = message.IsJson ? JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.JsonElement) : null,
        Base64 = message.IsJson ? null : message.Payload.ToArray(),
    };
}
