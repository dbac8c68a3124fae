using System.CommandLine;

namespace Cms.Cli;

/// <summary>Makes commands that end well unless they are refused or fail.</summary>
/// <param name="make">Makes a command that runs something in an invocation's context, and ends with what that returns.</param>
internal sealed class CommandFactory(Func<string, string, Func<CommandContext, ParseResult, CancellationToken, Task<int>>, Command> make)
{
    /// <summary>Makes a command.</summary>
    public Command Make(string name, string description, Func<CommandContext, ParseResult, CancellationToken, Task> run) =>
        make(name, description, async (context, parsed, cancellation) =>
        {
            await run(context, parsed, cancellation);
            return ExitCodes.Success;
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
