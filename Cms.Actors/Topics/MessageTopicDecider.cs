using System.Diagnostics;
using Cms.Formats.Refusals;
using Cms.Storage.Topics;

namespace Cms.Actors.Topics;

/// <summary>Decides what a command does to an application topic. Pure.</summary>
internal static class MessageTopicDecider
{
    /// <summary>Decides one command.</summary>
    /// <param name="state">The topic, after the commands decided before in the same batch.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="now">The wall clock.</param>
    /// <param name="totalAt">Answers <see cref="StoredMessage.Total"/> of a message that is kept.</param>
    /// <param name="mostSubscriptions">The most durable subscriptions.</param>
    public static MessageTopicDecision Decide(
        MessageTopicState state, MessageTopicCommand command, DateTimeOffset now, Func<long, long> totalAt, int mostSubscriptions) => command switch
        {
            MessageTopicCommand.Publish publish => Publish(state, publish, now, totalAt),
            MessageTopicCommand.Acknowledge acknowledge => Acknowledge(state, acknowledge, totalAt),
            MessageTopicCommand.Subscribe subscribe => Subscribe(state, subscribe, mostSubscriptions),
            MessageTopicCommand.Unsubscribe unsubscribe => Unsubscribe(state, unsubscribe, totalAt),
            MessageTopicCommand.Configure configure => Configure(state, configure, totalAt),
            _ => throw new UnreachableException($"unknown command {command.GetType().Name}"),
        };

    private static MessageTopicDecision Publish(
        MessageTopicState state, MessageTopicCommand.Publish command, DateTimeOffset now, Func<long, long> totalAt)
    {
        var bytes = command.Bodies.Sum(body => body.Size);
        var (mostMessages, mostBytes, overflow) = state.Bounds;
        if (command.Bodies.Count > mostMessages || bytes > mostBytes)
        {
            return MessageTopicDecision.Reject(
                ErrorCode.TooLarge, $"{command.Bodies.Count} messages of {bytes} bytes are more than topic '{state.Name}' keeps ({mostMessages} of {mostBytes} bytes); publish fewer at once");
        }

        var isFull = state.Count + command.Bodies.Count > mostMessages || state.Bytes + bytes > mostBytes;
        if (isFull && overflow == TopicOverflow.Refuse && !state.Acknowledged.IsEmpty)
        {
            var (slowest, acknowledged) = state.Acknowledged.MinBy(pair => pair.Value);
            return MessageTopicDecision.Reject(
                ErrorCode.Busy,
                $"topic '{state.Name}' is full with {state.Count} messages of {state.Bytes} bytes, and subscription '{slowest}' has acknowledged up to {acknowledged} only; publish again later");
        }

        var changes = new List<TopicChange>();
        if (isFull)
        {
            changes.Add(Drop(state, state.Count + command.Bodies.Count - mostMessages, state.Bytes + bytes - mostBytes, totalAt));
        }

        var (sequence, total) = (state.Last, state.Total);
        foreach (var body in command.Bodies)
        {
            total += body.Size;
            changes.Add(new TopicChange.Published(state.Name, new StoredMessage(++sequence, now, command.Principal, body.IsJson, body.Payload, total)));
        }

        return MessageTopicDecision.Accept(changes);
    }

    private static MessageTopicDecision Acknowledge(MessageTopicState state, MessageTopicCommand.Acknowledge command, Func<long, long> totalAt)
    {
        if (!state.Acknowledged.TryGetValue(command.Subscription, out var before))
        {
            return Missing(state, command.Subscription);
        }

        if (command.Sequence < 0 || command.Sequence > state.Last)
        {
            return MessageTopicDecision.Reject(
                ErrorCode.InvalidArgument, $"message {command.Sequence} is not there: topic '{state.Name}' has published up to {state.Last}");
        }

        if (command.Sequence <= before)
        {
            return MessageTopicDecision.Accept();
        }

        var changed = new TopicChange.Acknowledged(state.Name, command.Subscription, command.Sequence);
        return before < state.First
            ? MessageTopicDecision.Accept([changed, .. TrimAcknowledged(state.Apply(changed), totalAt)])
            : MessageTopicDecision.Accept(changed);
    }

    private static MessageTopicDecision Subscribe(MessageTopicState state, MessageTopicCommand.Subscribe command, int mostSubscriptions) =>
        state.Acknowledged.ContainsKey(command.Subscription) ? MessageTopicDecision.Accept()
        : state.Acknowledged.Count >= mostSubscriptions
            ? MessageTopicDecision.Reject(ErrorCode.Busy, $"topic '{state.Name}' has {state.Acknowledged.Count} subscriptions, as many as there may be; end some, or raise max_subscriptions")
            : MessageTopicDecision.Accept(new TopicChange.Acknowledged(state.Name, command.Subscription, command.FromFirst ? state.First - 1 : state.Last));

    private static MessageTopicDecision Unsubscribe(MessageTopicState state, MessageTopicCommand.Unsubscribe command, Func<long, long> totalAt)
    {
        if (!state.Acknowledged.ContainsKey(command.Subscription))
        {
            return Missing(state, command.Subscription);
        }

        var changed = new TopicChange.Unsubscribed(state.Name, command.Subscription);
        return MessageTopicDecision.Accept([changed, .. TrimAcknowledged(state.Apply(changed), totalAt)]);
    }

    private static MessageTopicDecision Configure(MessageTopicState state, MessageTopicCommand.Configure command, Func<long, long> totalAt)
    {
        var changed = new TopicChange.Configured(state.Name, command.Bounds);
        var (messages, bytes) = (state.Count - command.Bounds.MaxMessages, state.Bytes - command.Bounds.MaxBytes);
        return messages <= 0 && bytes <= 0 ? MessageTopicDecision.Accept(changed)
            : command.Bounds.Overflow == TopicOverflow.Refuse && !state.Acknowledged.IsEmpty
                ? MessageTopicDecision.Reject(
                    ErrorCode.InvalidArgument, $"topic '{state.Name}' keeps {state.Count} messages of {state.Bytes} bytes, more than that; acknowledge some first, or have the oldest dropped")
                : MessageTopicDecision.Accept(changed, Drop(state, messages, bytes, totalAt));
    }

    // What every subscription has acknowledged is nobody's any more. Without a subscription nothing is, and messages stay for who comes.
    private static IEnumerable<TopicChange> TrimAcknowledged(MessageTopicState state, Func<long, long> totalAt)
    {
        if (state.Acknowledged.IsEmpty)
        {
            return [];
        }

        var least = state.Acknowledged.Values.Min();
        return least < state.First ? []
            : [new TopicChange.Trimmed(state.Name, least + 1, least == state.Last ? state.Total : totalAt(least))];
    }

    /// <summary>Drops as few of the oldest messages as make so much room.</summary>
    private static TopicChange.Trimmed Drop(MessageTopicState state, long messages, long bytes, Func<long, long> totalAt)
    {
        long TotalAt(long sequence) => sequence == state.Last ? state.Total : totalAt(sequence);
        bool IsEnough(long sequence) => TotalAt(sequence) - state.FirstTotal >= bytes;
        var enough = Math.Min(state.First - 1 + Math.Max(messages, 1), state.Last);
        var tooFew = enough - 1;
        for (var step = 1L; !IsEnough(enough) && enough < state.Last; step *= 2)
        {
            (tooFew, enough) = (enough, Math.Min(enough + step, state.Last));
        }

        while (enough - tooFew > 1)
        {
            var middle = tooFew + ((enough - tooFew) / 2);
            (tooFew, enough) = IsEnough(middle) ? (tooFew, middle) : (middle, enough);
        }

        return new TopicChange.Trimmed(state.Name, enough + 1, TotalAt(enough));
    }

    private static MessageTopicDecision Missing(MessageTopicState state, string subscription) =>
        MessageTopicDecision.Reject(ErrorCode.NotFound, $"topic '{state.Name}' has no subscription '{subscription}'; begin it first");
}
