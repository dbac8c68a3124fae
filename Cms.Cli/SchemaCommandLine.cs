using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The commands about schemas.</summary>
internal sealed class SchemaCommandLine(CommandFactory commands)
{
    /// <summary>schema with what is below it.</summary>
    public Command Build() => new("schema", "What modules may hold: cms schema list") { Register(), List(), Show(), Diff() };

    private Command Register()
    {
        var files = new Argument<string[]>("file") { Description = "A schema; its section config module names the module", Arity = ArgumentArity.OneOrMore };
        var message = new Option<string?>("--message", "-m") { Description = "Kept with the commit" };
        return CommandFactory.With(
            commands.Make("register", "Have modules keep to the schemas in files: cms schema register schemas/network", (context, parsed, cancellation) =>
                SchemaCommands.RegisterAsync(context, parsed.GetValue(files)!, parsed.GetValue(message), cancellation)),
            files,
            message);
    }

    private Command List()
    {
        var module = new Argument<string?>("module") { Description = "Of this module all versions", Arity = ArgumentArity.ZeroOrOne };
        return CommandFactory.With(
            commands.Make("list", "Print which modules have a schema: cms schema list", (context, parsed, _) =>
            {
                SchemaCommands.List(context, parsed.GetValue(module));
                return Task.CompletedTask;
            }),
            module);
    }

    private Command Show()
    {
        var module = new Argument<string>("module");
        var version = new Option<string?>("--version") { Description = "Another than the newest; cms schema list MODULE has them" };
        return CommandFactory.With(
            commands.Make("show", "Print a schema as UCI text: cms schema show network", (context, parsed, _) =>
            {
                SchemaCommands.Show(context, parsed.GetValue(module)!, parsed.GetValue(version));
                return Task.CompletedTask;
            }),
            module,
            version);
    }

    private Command Diff()
    {
        var module = new Argument<string>("module");
        var from = new Argument<string?>("from") { Description = "A version or a file (default: the version before the newest)", Arity = ArgumentArity.ZeroOrOne };
        var to = new Argument<string?>("to") { Description = "A version or a file (default: the newest version)", Arity = ArgumentArity.ZeroOrOne };
        return CommandFactory.With(
            commands.Make("diff", "Print in what two versions of a schema differ: cms schema diff network 1.0.0 1.1.0", (context, parsed, _) =>
            {
                SchemaCommands.Diff(context, parsed.GetValue(module)!, parsed.GetValue(from), parsed.GetValue(to));
                return Task.CompletedTask;
            }),
            module,
            from,
            to);
    }
}
