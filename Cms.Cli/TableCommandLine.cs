using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command <c>table</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class TableCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _address = new("module.table");
    private readonly Option<bool> _committed = new("--committed") { Description = "Leave out what you have staged" };
    private readonly Option<int?> _count = new("--count", "-n") { Description = "The most rows to print" };

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("table", "Tables of a module: columns, rows, indexes")
    {
        Staging("create", "Stage a table: cms table create net.hosts name:string:20:key group:int:4:index mac:string:17:unique"),
        Staging("drop", "Stage the removal of a table with its rows: cms table drop net.hosts"),
        Staging("insert", "Stage a row: cms table insert net.hosts name=a group=1 mac=52:54:00:00:00:01"),
        Staging("update", "Stage other values of a row: cms table update net.hosts name=a group=2"),
        Staging("delete", "Stage the removal of a row by its primary key: cms table delete net.hosts a"),
        Find(),
        Scan(),
        List(),
    };

    private Command Staging(string verb, string description)
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var command = commands.Make(verb, description, (context, parsed) => TableCommands.Stage(context, verb, parsed.GetValue(_address)!, parsed.GetValue(words) ?? []));
        command.Add(_address);
        command.Add(words);
        return command;
    }

    private Command Find()
    {
        var filter = new Argument<string>("column=value");
        var command = commands.Make("find", "Print rows by the primary key or an index: cms table find net.hosts group=1", (context, parsed) =>
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
        var command = commands.Make("scan", "Print rows that fit: cms table scan net.hosts 'group>=1' 'mac!='", (context, parsed) =>
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
        var command = commands.Make("list", "Print tables and their columns: cms table list net", (context, parsed) =>
            TableCommands.List(context, parsed.GetValue(module), parsed.GetValue(_committed)));
        command.Add(module);
        command.Add(_committed);
        return command;
    }
}
