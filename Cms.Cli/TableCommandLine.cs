using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command <c>table</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class TableCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _address = new("module.table");
    private readonly Option<bool> _committed = new("--committed");
    private readonly Option<int?> _count = new("--count", "-n");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("table")
    {
        Staging("create"),
        Staging("drop"),
        Staging("insert"),
        Staging("update"),
        Staging("delete"),
        Find(),
        Scan(),
        List(),
    };

    private Command Staging(string verb)
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var command = commands.Make(verb, (context, parsed) => TableCommands.Stage(context, verb, parsed.GetValue(_address)!, parsed.GetValue(words) ?? []));
        command.Add(_address);
        command.Add(words);
        return command;
    }

    private Command Find()
    {
        var filter = new Argument<string>("column=value");
        var command = commands.Make("find", (context, parsed) =>
            TableCommands.Find(context, parsed.GetValue(_address)!, parsed.GetValue(filter)!, parsed.GetValue(_count), parsed.GetValue(_committed)));
        command.Add(_address);
        command.Add(filter);
        command.Add(_count);
        command.Add(_committed);
        return command;
    }

    private Command Scan()
    {
        var filters = new Argument<string[]>("filters") { Arity = ArgumentArity.ZeroOrMore };
        var command = commands.Make("scan", (context, parsed) =>
            TableCommands.Scan(context, parsed.GetValue(_address)!, parsed.GetValue(filters) ?? [], parsed.GetValue(_count), parsed.GetValue(_committed)));
        command.Add(_address);
        command.Add(filters);
        command.Add(_count);
        command.Add(_committed);
        return command;
    }

    private Command List()
    {
        var module = new Argument<string?>("module") { Arity = ArgumentArity.ZeroOrOne };
        var command = commands.Make("list", (context, parsed) =>
            TableCommands.List(context, parsed.GetValue(module), parsed.GetValue(_committed)));
        command.Add(module);
        command.Add(_committed);
        return command;
    }
}
