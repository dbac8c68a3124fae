using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command <c>array</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class ArrayCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _address = Arguments.Address();
    private readonly Argument<int> _index = new("index");
    private readonly Argument<string> _value = new("value");
    private readonly Argument<string[]> _values = new("values") { Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _committed = new("--committed");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("array")
    {
        Get(),
        CommandFactory.With(commands.Make("count", (context, parsed) => Of(context, parsed).Count(parsed.GetValue(_committed))), _address, _committed),
        CommandFactory.With(commands.Make("push", (context, parsed) => Of(context, parsed).Push(Values(parsed))), _address, _values),
        CommandFactory.With(commands.Make("insert", (context, parsed) => Of(context, parsed).Insert(parsed.GetValue(_index), Values(parsed))), _address, _index, _values),
        CommandFactory.With(commands.Make("set", (context, parsed) => Of(context, parsed).Set(parsed.GetValue(_index), Arguments.Bytes(parsed.GetValue(_value)!))), _address, _index, _value),
        CommandFactory.With(commands.Make("remove", (context, parsed) => Of(context, parsed).Remove(parsed.GetValue(_index))), _address, _index),
        CommandFactory.With(commands.Make("pop", (context, parsed) => Of(context, parsed).Pop()), _address),
    };

    private Command Get()
    {
        var index = new Argument<int?>("index") { Arity = ArgumentArity.ZeroOrOne };
        return CommandFactory.With(
            commands.Make("get", (context, parsed) => Of(context, parsed).Get(parsed.GetValue(index), parsed.GetValue(_committed))), _address, index, _committed);
    }

    private ArrayCommands Of(CommandContext context, ParseResult parsed) => new(context, Arguments.Parse(parsed.GetValue(_address))!);

    private List<ReadOnlyMemory<byte>> Values(ParseResult parsed) => [.. parsed.GetValue(_values)!.Select(Arguments.Bytes)];
}
