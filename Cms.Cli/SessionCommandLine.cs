using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The commands about what is staged: changes, revert, commit.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class SessionCommandLine(CommandFactory commands)
{
    /// <summary>Printing what is staged.</summary>
    public Command Changes()
    {
        var module = Arguments.OptionalModule();
        return CommandFactory.With(commands.Make("changes", (context, parsed) =>
            SessionCommands.Changes(context, parsed.GetValue(module))), module);
    }

    /// <summary>Dropping what is staged.</summary>
    public Command Revert()
    {
        var address = Arguments.OptionalAddress();
        return CommandFactory.With(commands.Make("revert", (context, parsed) =>
            SessionCommands.Revert(context, Arguments.Parse(parsed.GetValue(address)))), address);
    }

    /// <summary>Committing what is staged.</summary>
    public Command Commit()
    {
        var module = Arguments.OptionalModule();
        var message = new Option<string?>("--message", "-m");
        var wait = new Option<bool>("--wait");
        var confirmation = new ConfirmationCommandLine(commands);
        var command = commands.Make("commit", (context, parsed, cancellation) =>
            SessionCommands.CommitAsync(
                context, parsed.GetValue(module), new CommitTerms(parsed.GetValue(message), parsed.GetValue(wait), confirmation.Find(parsed)), cancellation));
        confirmation.AddOptions(CommandFactory.With(command, module, message, wait));
        return command;
    }
}
