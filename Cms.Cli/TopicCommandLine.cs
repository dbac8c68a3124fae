using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>The command <c>topic</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class TopicCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _topic = new("topic");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("topic", "What applications publish to each other")
    {
        commands.Make("list", "Print the topics", (context, _, cancellation) => TopicCommands.ListAsync(context, cancellation)),
        Create(),
        Publish(),
        Subscribe(),
        Acknowledge(),
        Delete(),
    };

    private Command Create()
    {
        var messages = new Option<long?>("--max-messages") { Description = "The most messages that it keeps" };
        var bytes = new Option<long?>("--max-bytes") { Description = "The most bytes that it keeps" };
        var overflow = new Option<string?>("--overflow") { Description = $"What happens when it is full: {TopicSettings.Refuse} or {TopicSettings.DropOldest}" };
        var command = commands.Make("create", "Make a topic, or give it other bounds: cms topic create alarms --overflow drop-oldest", (context, parsed, cancellation) =>
            context.Client.Topics.ConfigureAsync(
                parsed.GetValue(_topic)!,
                new() { MaxMessages = parsed.GetValue(messages), MaxBytes = parsed.GetValue(bytes), Overflow = parsed.GetValue(overflow) },
                cancellation));
        return CommandFactory.With(command, _topic, messages, bytes, overflow);
    }

    private Command Publish()
    {
        var texts = new Argument<string[]>("message") { Description = "Messages; without any, each line of standard input is one", Arity = ArgumentArity.ZeroOrMore };
        var isJson = new Option<bool>("--as-json") { Description = "The messages are JSON" };
        var command = commands.Make("publish", "Publish messages; when it returns they are durable: cms topic publish alarms 'wan is down'", (context, parsed, cancellation) =>
            TopicCommands.PublishAsync(context, parsed.GetValue(_topic)!, parsed.GetValue(texts) ?? [], parsed.GetValue(isJson), cancellation));
        return CommandFactory.With(command, _topic, texts, isJson);
    }

    private Command Subscribe()
    {
        var name = new Option<string?>("--name") { Description = "A durable subscription, which is begun if it is new" };
        var fromFirst = new Option<bool>("--from-first") { Description = "Begin with what is kept already" };
        var acknowledges = new Option<bool>("--ack") { Description = "Acknowledge each message once it is printed" };
        var count = new Option<int>("--count", "-n") { Description = "End after this many messages" };
        var command = commands.Make("subscribe", "Print messages as they come: cms topic subscribe alarms --name pager --ack", (context, parsed, cancellation) =>
            TopicCommands.SubscribeAsync(
                context,
                parsed.GetValue(_topic)!,
                new TopicReading(parsed.GetValue(name), parsed.GetValue(fromFirst), parsed.GetValue(acknowledges), parsed.GetValue(count)),
                cancellation));
        return CommandFactory.With(command, _topic, name, fromFirst, acknowledges, count);
    }

    private Command Acknowledge()
    {
        var subscription = new Argument<string>("subscription");
        var sequence = new Argument<long>("number");
        var command = commands.Make("ack", "Acknowledge messages up to a number: cms topic ack alarms pager 17", (context, parsed, cancellation) =>
            context.Client.Topics.AcknowledgeAsync(parsed.GetValue(_topic)!, parsed.GetValue(subscription)!, parsed.GetValue(sequence), cancellation));
        return CommandFactory.With(command, _topic, subscription, sequence);
    }

    private Command Delete()
    {
        var name = new Option<string?>("--name") { Description = "Only this subscription" };
        var command = commands.Make("delete", "Delete a topic, or one of its subscriptions", (context, parsed, cancellation) => parsed.GetValue(name) is { } subscription
            ? context.Client.Topics.UnsubscribeAsync(parsed.GetValue(_topic)!, subscription, cancellation)
            : context.Client.Topics.DeleteAsync(parsed.GetValue(_topic)!, cancellation));
        return CommandFactory.With(command, _topic, name);
    }
}
