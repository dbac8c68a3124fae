using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The commands about rules of access.</summary>
internal sealed class AccessCommandLine(CommandFactory commands)
{
    /// <summary>access with what is below it.</summary>
    public Command Build() => new("access") { Explain(), Check() };

    private Command Explain()
    {
        var principal = new Argument<string>("principal");
        var path = new Argument<string>("path");
        var action = new Option<string>("--action") { DefaultValueFactory = _ => "read" };
        var groups = new Option<string[]>("--group") { Arity = ArgumentArity.ZeroOrMore };
        var address = new Option<string?>("--address");
        var time = new Option<string?>("--time");
        var file = new Option<string?>("--file");
        return CommandFactory.With(
            commands.Make("explain", (context, parsed, _) => Task.FromResult(new AccessExplainCommand(context, parsed.GetValue(file)).Run(
                new(parsed.GetValue(principal)!, parsed.GetValue(groups) ?? [], parsed.GetValue(address), parsed.GetValue(time)),
                parsed.GetValue(action)!,
                parsed.GetValue(path)!))),
            principal,
            path,
            action,
            groups,
            address,
            time,
            file);
    }

    private Command Check()
    {
        var file = new Argument<string>("file");
        return CommandFactory.With(
            commands.Make("check", (context, parsed, _) => Task.FromResult(AccessCheckCommand.Run(context, parsed.GetValue(file)!))),
            file);
    }
}
