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
        Staging("set", "Stage a value: cms set network.lan.ipaddr=10.0.0.1, or a section: cms set network.dmz=interface", StageCommands.Set);

    /// <summary>A section without a name.</summary>
    public Command Add()
    {
        var module = Arguments.Module();
        var type = new Argument<string>("type");
        return CommandFactory.With(commands.Make("add", "Stage a new anonymous section and print what to call it: cms add firewall rule", (context, parsed) =>
            StageCommands.Add(context, parsed.GetValue(module)!, parsed.GetValue(type)!)), module, type);
    }

    /// <summary>One more element of a list.</summary>
    public Command AddToList() => Staging("add_list", "Stage one more element: cms add_list network.wan.dns=9.9.9.9", StageCommands.AddToList);

    /// <summary>Elements of a list gone.</summary>
    public Command RemoveFromList() =>
        Staging("del_list", "Stage the removal of all equal elements: cms del_list network.wan.dns=9.9.9.9", StageCommands.RemoveFromList);

    /// <summary>Something gone.</summary>
    public Command Delete() =>
        Staging("delete", "Stage the removal of a section, option or list element: cms delete network.wan.dns=0", StageCommands.Delete);

    /// <summary>Another name.</summary>
    public Command Rename() => Staging("rename", "Stage another name: cms rename network.lan=home", StageCommands.Rename);

    /// <summary>Another place among the sections.</summary>
    public Command Reorder() => Staging("reorder", "Stage another place: cms reorder firewall.@rule[3]=0", StageCommands.Reorder);

    private Command Staging(string name, string description, Action<CommandContext, Address> run)
    {
        var address = Arguments.Address();
        return CommandFactory.With(commands.Make(name, description, (context, parsed) => run(context, Arguments.Parse(parsed.GetValue(address))!)), address);
    }
}
