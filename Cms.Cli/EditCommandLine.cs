using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command <c>edit</c>.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class EditCommandLine(CommandFactory commands)
{
    /// <summary>The command.</summary>
    public Command Build()
    {
        var module = Arguments.Module();
        var message = new Option<string>("--message", "-m") { DefaultValueFactory = _ => "edit" };
        var wait = new Option<bool>("--wait");
        var confirmation = new ConfirmationCommandLine(commands);
        var command = commands.Make("edit", (context, parsed, cancellation) => new EditCommand(
            context, parsed.GetValue(module)!, new CommitTerms(parsed.GetValue(message), parsed.GetValue(wait), confirmation.Find(parsed))).RunAsync(cancellation));
        CommandFactory.With(command, module, message, wait);
        confirmation.AddOptions(command);
        return command;
    }
}
