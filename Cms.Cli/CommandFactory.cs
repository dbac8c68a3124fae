using System.CommandLine;

namespace Cms.Cli;

/// <summary>Makes commands that run in an invocation's context. What help says of them and of their parts is in <c>Texts</c>.</summary>
/// <param name="run">Makes the context, runs what it is given in it, and returns the exit code.</param>
internal sealed class CommandFactory(Func<ParseResult, Func<CommandContext, ParseResult, CancellationToken, Task<int>>, CancellationToken, Task<int>> run)
{
    /// <summary>Makes a command that ends with an exit code of its own.</summary>
    public Command Make(string name, Func<CommandContext, ParseResult, CancellationToken, Task<int>> act)
    {
        var command = new Command(name);
        command.SetAction((parsed, cancellation) => run(parsed, act, cancellation));
        return command;
    }

    /// <summary>Makes a command that ends well unless it is refused or fails.</summary>
    public Command Make(string name, Func<CommandContext, ParseResult, CancellationToken, Task> act) =>
        Make(name, async (context, parsed, cancellation) =>
        {
            await act(context, parsed, cancellation);
            return ExitCodes.Success;
        });

    /// <summary>Makes a command that does not wait for anything.</summary>
    public Command Make(string name, Action<CommandContext, ParseResult> act) =>
        Make(name, (context, parsed, _) =>
        {
            act(context, parsed);
            return Task.FromResult(ExitCodes.Success);
        });

    /// <summary>Gives a command its arguments and options.</summary>
    public static Command With(Command command, params IReadOnlyList<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        return command;
    }
}
