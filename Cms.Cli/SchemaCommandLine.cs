using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The commands about schemas.</summary>
internal sealed class SchemaCommandLine(CommandFactory commands)
{
    /// <summary>schema with what is below it.</summary>
    public Command Build() => new("schema") { Register(), List(), Show(), Diff(), Check() };

    private Command Register()
    {
        var files = new Argument<string[]>("file") { Arity = ArgumentArity.OneOrMore };
        var message = new Option<string?>("--message", "-m");
        return CommandFactory.With(
            commands.Make("register", (context, parsed, cancellation) =>
                SchemaCommands.RegisterAsync(context, parsed.GetValue(files)!, parsed.GetValue(message), cancellation)),
            files,
            message);
    }

    private Command List()
    {
        var module = new Argument<string?>("module") { Arity = ArgumentArity.ZeroOrOne };
        return CommandFactory.With(
            commands.Make("list", (context, parsed) => SchemaCommands.List(context, parsed.GetValue(module))),
            module);
    }

    private Command Show()
    {
        var module = new Argument<string>("module");
        var version = new Option<string?>("--version");
        return CommandFactory.With(
            commands.Make("show", (context, parsed) => SchemaCommands.Show(context, parsed.GetValue(module)!, parsed.GetValue(version))),
            module,
            version);
    }

    private Command Diff()
    {
        var module = new Argument<string>("module");
        var from = new Argument<string?>("from") { Arity = ArgumentArity.ZeroOrOne };
        var to = new Argument<string?>("to") { Arity = ArgumentArity.ZeroOrOne };
        return CommandFactory.With(
            commands.Make("diff", (context, parsed) => SchemaCommands.Diff(context, parsed.GetValue(module)!, parsed.GetValue(from), parsed.GetValue(to))),
            module,
            from,
            to);
    }

    private Command Check()
    {
        var files = new Argument<string[]>("file") { Arity = ArgumentArity.OneOrMore };
        return CommandFactory.With(
            commands.Make("check", (context, parsed, _) => Task.FromResult(SchemaCheckCommand.Run(context, parsed.GetValue(files)!))),
            files);
    }
}
