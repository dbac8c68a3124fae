using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>The commands about transactions, and those that change one value at once.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class TransactionCommandLine(CommandFactory commands)
{
    private readonly Option<string?> _message = new("--message", "-m");
    private readonly Argument<string> _name = new("name");
    private readonly Argument<string> _module = new("module");
    private readonly Option<int?> _seconds = new("--seconds");
    private readonly Option<int> _lease = new("--lease") { DefaultValueFactory = _ => 30 };

    /// <summary>The command <c>transaction</c> and those below it.</summary>
    public Command Transaction() => new Command("transaction")
    {
        commands.Make("list", (context, _, cancellation) => TransactionCommands.ListAsync(context, cancellation)),
        commands.Make("show", (context, _, cancellation) => TransactionCommands.ShowAsync(context, cancellation)),
        CommandFactory.With(commands.Make("savepoint", (context, parsed, cancellation) =>
            TransactionCommands.DoAsync(context, id => context.Client.SetSavepointAsync(id, parsed.GetValue(_name)!, cancellation))), _name),
        CommandFactory.With(commands.Make("back", (context, parsed, cancellation) =>
            TransactionCommands.DoAsync(context, id => context.Client.RollBackToAsync(id, parsed.GetValue(_name)!, cancellation))), _name),
        CommandFactory.With(commands.Make("lock", (context, parsed, cancellation) =>
            TransactionCommands.DoAsync(context, id => context.Client.LockAsync(id, parsed.GetValue(_module)!, TimeSpan.FromSeconds(parsed.GetValue(_lease)), cancellation))), _module, _lease),
        CommandFactory.With(commands.Make("unlock", (context, parsed, cancellation) =>
            TransactionCommands.DoAsync(context, id => context.Client.UnlockAsync(id, parsed.GetValue(_module)!, cancellation))), _module),
    };

    /// <summary>Opening a transaction.</summary>
    public Command Begin()
    {
        var locks = new Option<string[]>("--lock");
        var command = commands.Make("begin", (context, parsed, cancellation) =>
            TransactionCommands.BeginAsync(
                context,
                new TransactionBeginRequest
                {
                    Message = parsed.GetValue(_message),
                    Seconds = parsed.GetValue(_seconds),
                    Locks = parsed.GetValue(locks),
                    LeaseSeconds = parsed.GetValue(_lease),
                },
                cancellation));
        return CommandFactory.With(command, _message, _seconds, locks, _lease);
    }

    /// <summary>Ending one without effect.</summary>
    public Command Abort()
    {
        var id = new Argument<string?>("id") { Arity = ArgumentArity.ZeroOrOne };
        return CommandFactory.With(commands.Make("abort", (context, parsed, cancellation) =>
            TransactionCommands.AbortAsync(context, parsed.GetValue(id), cancellation)), id);
    }

    /// <summary>Adding to a number.</summary>
    public Command Increment()
    {
        var address = new Argument<string>("address");
        return CommandFactory.With(commands.Make("increment", (context, parsed, cancellation) =>
            TransactionCommands.IncrementAsync(context, Arguments.Parse(parsed.GetValue(address))!, parsed.GetValue(_message), cancellation)), address, _message);
    }

    /// <summary>Setting what is as expected.</summary>
    public Command CompareAndSet()
    {
        var address = new Argument<string>("address");
        var was = new Option<string?>("--was");
        return CommandFactory.With(commands.Make("compare-and-set", (context, parsed, cancellation) =>
            TransactionCommands.CompareAndSetAsync(context, Arguments.Parse(parsed.GetValue(address))!, parsed.GetValue(was), parsed.GetValue(_message), cancellation)), address, was, _message);
    }
}
