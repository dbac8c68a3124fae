using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Formats.Statements;

namespace Cms.Cli;

/// <summary>The commands that stage one operation each.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class StageCommandLine(CommandFactory commands)
{
    /// <summary>A value, or a named section.</summary>
    public Command Set() =>
        Staging("set", StageCommands.Set);

    /// <summary>A section without a name.</summary>
    public Command Add()
    {
        var module = Arguments.Module();
        var type = new Argument<string>("type");
        return CommandFactory.With(commands.Make("add", (context, parsed) =>
            StageCommands.Add(context, parsed.GetValue(module)!, parsed.GetValue(type)!)), module, type);
    }

    /// <summary>One more element of a list.</summary>
    public Command AddToList() => Staging("add_list", StageCommands.AddToList);

    /// <summary>Elements of a list gone.</summary>
    public Command RemoveFromList() =>
        Staging("del_list", StageCommands.RemoveFromList);

    /// <summary>Something gone.</summary>
    public Command Delete() =>
        Staging("delete", StageCommands.Delete);

    /// <summary>Another name.</summary>
    public Command Rename() => Staging("rename", StageCommands.Rename);

    /// <summary>Another place among the sections.</summary>
    public Command Reorder() => Staging("reorder", StageCommands.Reorder);

    private Command Staging(string name, Action<CommandContext, Address> run)
    {
        var address = Arguments.Address();
        return CommandFactory.With(commands.Make(name, (context, parsed) => run(context, Arguments.Parse(parsed.GetValue(address))!)), address);
    }
}
