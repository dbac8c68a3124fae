using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Cli.Encryption;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>The command <c>backup</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class BackupCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _name = new("name");
    private readonly Option<string?> _identity = new("--identity");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("backup") { Create(), List(), Verify(), Restore() };

    private Command Create()
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne };
        var comment = new Option<string?>("--message", "-m");
        var to = new Option<string?>("--to");
        var command = commands.Make("create", (context, parsed, cancellation) =>
            BackupCommands.CreateAsync(context, parsed.GetValue(name), parsed.GetValue(comment), parsed.GetValue(to), cancellation));
        return CommandFactory.With(command, name, comment, to);
    }

    private Command List() => commands.Make("list", (context, _, cancellation) => BackupCommands.ListAsync(context, cancellation));

    private Command Verify()
    {
        var command = commands.Make("verify", (context, parsed, cancellation) =>
            BackupCommands.VerifyAsync(context, parsed.GetValue(_name)!, parsed.GetValue(_identity), cancellation));
        return CommandFactory.With(command, _name, _identity);
    }

    private Command Restore()
    {
        var module = new Option<string?>("--module");
        var at = new Option<string?>("--at");
        var message = new Option<string?>("--message", "-m");
        var wait = new Option<bool>("--wait");
        var command = commands.Make("restore", (context, parsed, cancellation) =>
        {
            var request = new RestoreRequest
            {
                Module = parsed.GetValue(module),
                At = BackupCommands.ParseTime(parsed.GetValue(at)),
                Message = parsed.GetValue(message),
                WaitForFile = parsed.GetValue(wait),
                Identity = KeyFiles.ReadIdentity(parsed.GetValue(_identity)),
            };
            return BackupCommands.RestoreAsync(context, parsed.GetValue(_name)!, request, cancellation);
        });
        return CommandFactory.With(command, _name, module, at, message, wait, _identity);
    }
}
