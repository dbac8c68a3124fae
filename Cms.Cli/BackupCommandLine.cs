using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command <c>backup</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class BackupCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _name = new("name");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("backup") { Create(), List(), Verify(), Restore() };

    private Command Create()
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne };
        var comment = new Option<string?>("--message", "-m");
        var command = commands.Make("create", (context, parsed, cancellation) =>
            BackupCommands.CreateAsync(context, parsed.GetValue(name), parsed.GetValue(comment), cancellation));
        command.Add(name);
        command.Add(comment);
        return command;
    }

    private Command List() => commands.Make("list", (context, _, cancellation) => BackupCommands.ListAsync(context, cancellation));

    private Command Verify()
    {
        var command = commands.Make("verify", (context, parsed, cancellation) =>
            BackupCommands.VerifyAsync(context, parsed.GetValue(_name)!, cancellation));
        command.Add(_name);
        return command;
    }

    private Command Restore()
    {
        var module = new Option<string?>("--module");
        var at = new Option<string?>("--at");
        var message = new Option<string?>("--message", "-m");
        var wait = new Option<bool>("--wait");
        var command = commands.Make("restore", (context, parsed, cancellation) =>
            BackupCommands.RestoreAsync(
                context, parsed.GetValue(_name)!, parsed.GetValue(module), parsed.GetValue(at), parsed.GetValue(message), parsed.GetValue(wait), cancellation));
        command.Add(_name);
        command.Add(module);
        command.Add(at);
        command.Add(message);
        command.Add(wait);
        return command;
    }
}
