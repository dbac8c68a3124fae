using System.Globalization;
using System.Text;
using System.Text.Json;
using Cms.Cli.Output;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>Application topics: the daemon answers.</summary>
internal static class TopicCommands
{
    private const int PublishedAtOnce = 1000;

    public static async Task ListAsync(CommandContext context, CancellationToken cancellation)
    {
        var topics = await context.Client.Topics.ListAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(topics, WireJson.Default.IReadOnlyListTopicReport);
            return;
        }

        foreach (var topic in topics)
        {
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{topic.Topic}: {topic.Messages} messages up to {topic.Last}, {topic.Bytes} bytes; at most {topic.MaxMessages} and {topic.MaxBytes} bytes, then {topic.Overflow}; {topic.Readers} readers"));
            foreach (var (subscription, acknowledged) in topic.Subscriptions)
            {
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {subscription} has acknowledged up to {acknowledged}"));
            }
        }
    }

    /// <summary>Publishes each text, or each line of standard input.</summary>
    public static async Task PublishAsync(CommandContext context, string topic, IReadOnlyList<string> texts, bool isJson, CancellationToken cancellation)
    {
        if (texts.Count > 0)
        {
            await PublishAsync(context, topic, [.. texts.Select(text => ToPayload(text, isJson))], cancellation);
            return;
        }

        using var reader = new StreamReader(context.Input, Encoding.UTF8);
        var messages = new List<MessagePayload>();
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            messages.Add(ToPayload(line, isJson));
            if (messages.Count == PublishedAtOnce)
            {
                await PublishAsync(context, topic, messages, cancellation);
                messages.Clear();
            }
        }

        if (messages.Count > 0)
        {
            await PublishAsync(context, topic, messages, cancellation);
        }
    }

    /// <summary>Prints messages until enough were printed, the reader is gone, or the command is ended.</summary>
    public static async Task SubscribeAsync(CommandContext context, string topic, TopicReading reading, CancellationToken cancellation)
    {
        if (reading.Subscription is { } subscription)
        {
            await context.Client.Topics.SubscribeAsync(topic, subscription, reading.FromFirst, cancellation);
        }

        using var printer = new LinePrinter(context.Output.Format);
        var left = reading.Count;
        await foreach (var line in context.Client.Topics.ReadAsync(topic, reading.Subscription, reading.FromFirst && reading.Subscription is null ? 0 : null, cancellation))
        {
            if (!printer.TryPrint(output => Print(output, line)))
            {
                return;
            }

            if (line.Kind != MessageLine.Message)
            {
                continue;
            }

            if (reading is { Acknowledges: true, Subscription: { } name })
            {
                await context.Client.Topics.AcknowledgeAsync(topic, name, line.Sequence!.Value, cancellation);
            }

            if (--left == 0)
            {
                return;
            }
        }

        throw new RefusedException(ErrorCode.Unavailable, $"topic '{topic}' is gone, or another one reads for the subscription now");
    }

    private static async Task PublishAsync(CommandContext context, string topic, IReadOnlyList<MessagePayload> messages, CancellationToken cancellation)
    {
        var reply = await context.Client.Topics.PublishAsync(topic, messages, cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.PublishReply);
        }
        else
        {
            context.Output.WriteLine(reply.First == reply.Last ? $"{topic}: message {reply.Last}" : $"{topic}: messages {reply.First} to {reply.Last}");
        }
    }

    private static MessagePayload ToPayload(string text, bool isJson)
    {
        if (!isJson)
        {
            return new() { Base64 = Encoding.UTF8.GetBytes(text) };
        }

        try
        {
            return new() { Payload = JsonSerializer.Deserialize(text, WireJson.Default.JsonElement) };
        }
        catch (JsonException malformed)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"'{text}' is no JSON: {malformed.Message}");
        }
    }

    private static void Print(CommandOutput output, MessageLine line)
    {
        if (output.IsJson)
        {
            output.WriteJson(line, WireJson.Default.MessageLine);
        }
        else if (line.Kind == MessageLine.Message)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{line.Sequence} "));
            output.Write(line.Base64 ?? Encoding.UTF8.GetBytes(line.Payload!.Value.GetRawText()));
            output.WriteLine();
        }
        else if (line.Kind == MessageLine.Lost)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"messages {line.After + 1} to {line.Next - 1} were dropped"));
        }
    }
}

/// <summary>How a topic is read.</summary>
/// <param name="Subscription">The durable subscription, or null.</param>
/// <param name="FromFirst">Whether it begins with what is kept already.</param>
/// <param name="Acknowledges">Whether each message is acknowledged once it is printed.</param>
/// <param name="Count">How many messages to print; 0 for no end.</param>
internal sealed record TopicReading(string? Subscription, bool FromFirst, bool Acknowledges, int Count);
