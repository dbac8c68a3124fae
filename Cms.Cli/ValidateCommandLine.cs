using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command that compares modules and files with schemas.</summary>
internal sealed class ValidateCommandLine(CommandFactory commands)
{
    /// <summary>validate.</summary>
    public Command Build()
    {
        var targets = new Argument<string[]>("target") { Arity = ArgumentArity.ZeroOrMore };
        var schema = new Option<string?>("--schema");
        return CommandFactory.With(
            commands.Make("validate", (context, parsed, _) =>
                Task.FromResult(new ValidateCommand(context, parsed.GetValue(schema)).Run(parsed.GetValue(targets) ?? []))),
            targets,
            schema);
    }
}
