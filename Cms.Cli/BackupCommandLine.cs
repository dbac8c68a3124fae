using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The command <c>backup</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class BackupCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _name = new("name");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("backup", "Backups of all modules with their history") { Create(), List(), Verify(), Restore() };

    private Command Create()
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = "Names the file; without one it is named by the time" };
        var comment = new Option<string?>("--message", "-m") { Description = "Kept in the backup" };
        var command = commands.Make("create", "Back up every module, as of one moment, while commits go on: cms backup create before-upgrade", (context, parsed, cancellation) =>
            BackupCommands.CreateAsync(context, parsed.GetValue(name), parsed.GetValue(comment), cancellation));
        command.Add(name);
        command.Add(comment);
        return command;
    }

    private Command List() => commands.Make("list", "Print the backups that are there", (context, _, cancellation) => BackupCommands.ListAsync(context, cancellation));

    private Command Verify()
    {
        var command = commands.Make("verify", "Read a backup to its end and check it", (context, parsed, cancellation) =>
            BackupCommands.VerifyAsync(context, parsed.GetValue(_name)!, cancellation));
        command.Add(_name);
        return command;
    }

    private Command Restore()
    {
        var module = new Option<string?>("--module") { Description = "Restore only this module" };
        var at = new Option<string?>("--at") { Description = "Restore what was there at this time, such as 2026-03-01T12:00:00Z" };
        var message = new Option<string?>("--message", "-m") { Description = "Kept with the commits" };
        var wait = new Option<bool>("--wait") { Description = "Wait until the text files are written" };
        var command = commands.Make("restore", "Make modules what a backup has, as one new commit: cms backup restore before-upgrade --module network", (context, parsed, cancellation) =>
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
