using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command <c>topic</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class TopicCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _topic = new("topic");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("topic")
    {
        commands.Make("list", (context, _, cancellation) => TopicCommands.ListAsync(context, cancellation)),
        Create(),
        Publish(),
        Subscribe(),
        Acknowledge(),
        Delete(),
    };

    private Command Create()
    {
        var messages = new Option<long?>("--max-messages");
        var bytes = new Option<long?>("--max-bytes");
        var overflow = new Option<string?>("--overflow");
        var command = commands.Make("create", (context, parsed, cancellation) =>
            context.Client.Topics.ConfigureAsync(
                parsed.GetValue(_topic)!,
                new() { MaxMessages = parsed.GetValue(messages), MaxBytes = parsed.GetValue(bytes), Overflow = parsed.GetValue(overflow) },
                cancellation));
        return CommandFactory.With(command, _topic, messages, bytes, overflow);
    }

    private Command Publish()
    {
        var texts = new Argument<string[]>("message") { Arity = ArgumentArity.ZeroOrMore };
        var isJson = new Option<bool>("--as-json");
        var command = commands.Make("publish", (context, parsed, cancellation) =>
            TopicCommands.PublishAsync(context, parsed.GetValue(_topic)!, parsed.GetValue(texts) ?? [], parsed.GetValue(isJson), cancellation));
        return CommandFactory.With(command, _topic, texts, isJson);
    }

    private Command Subscribe()
    {
        var name = new Option<string?>("--name");
        var fromFirst = new Option<bool>("--from-first");
        var acknowledges = new Option<bool>("--ack");
        var count = new Option<int>("--count", "-n");
        var command = commands.Make("subscribe", (context, parsed, cancellation) =>
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
        var command = commands.Make("ack", (context, parsed, cancellation) =>
            context.Client.Topics.AcknowledgeAsync(parsed.GetValue(_topic)!, parsed.GetValue(subscription)!, parsed.GetValue(sequence), cancellation));
        return CommandFactory.With(command, _topic, subscription, sequence);
    }

    private Command Delete()
    {
        var name = new Option<string?>("--name");
        var command = commands.Make("delete", (context, parsed, cancellation) => parsed.GetValue(name) is { } subscription
            ? context.Client.Topics.UnsubscribeAsync(parsed.GetValue(_topic)!, subscription, cancellation)
            : context.Client.Topics.DeleteAsync(parsed.GetValue(_topic)!, cancellation));
        return CommandFactory.With(command, _topic, name);
    }
}
