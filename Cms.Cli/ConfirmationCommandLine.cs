using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The commands about commits that have to be confirmed, and the options of such a commit.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class ConfirmationCommandLine(CommandFactory commands)
{
    private readonly Option<int?> _seconds = new("--confirm") { HelpName = "seconds" };
    private readonly Option<string?> _probe = new("--probe");

    /// <summary>Gives a command the options of a commit that has to be confirmed.</summary>
    public void AddOptions(Command command)
    {
        command.Add(_seconds);
        command.Add(_probe);
    }

    /// <summary>What those options ask for, or null.</summary>
    /// <exception cref="RefusedException">A probe without a time.</exception>
    public ConfirmRequest? Find(ParseResult parsed) => (parsed.GetValue(_seconds), parsed.GetValue(_probe)) switch
    {
        ({ } seconds, var probe) => new ConfirmRequest { Seconds = seconds, Probe = probe },
        (null, null) => null,
        _ => throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.probe")),
    };

    /// <summary>Letting commits stand.</summary>
    public Command Confirm()
    {
        var ids = new Argument<string[]>("id") { Arity = ArgumentArity.ZeroOrMore };
        var command = commands.Make("confirm", (context, parsed, cancellation) =>
            ConfirmationCommands.ConfirmAsync(context, parsed.GetValue(ids) ?? [], cancellation));
        command.Add(ids);
        return command;
    }

    /// <summary>Giving a confirmation more time.</summary>
    public Command Extend()
    {
        var words = new Argument<string[]>("[id] seconds") { Arity = new ArgumentArity(1, 2) };
        var command = commands.Make("extend", (context, parsed, cancellation) =>
            ConfirmationCommands.ExtendAsync(context, parsed.GetValue(words) is [var id, _] ? id : null, parsed.GetValue(words)![^1], cancellation));
        command.Add(words);
        return command;
    }

    /// <summary>Which commits wait.</summary>
    public Command List() => commands.Make("confirmations", (context, _, cancellation) =>
        ConfirmationCommands.ListAsync(context, cancellation));
}
