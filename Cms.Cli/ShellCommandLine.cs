using System.CommandLine;
using Cms.Cli.Help;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The commands about the command line itself.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class ShellCommandLine(CommandFactory commands)
{
    /// <summary>Printing the help of a command.</summary>
    public Command Help()
    {
        var words = new Argument<string[]>("command") { Arity = ArgumentArity.ZeroOrMore };
        return CommandFactory.With(commands.Make("help", (context, parsed) => PrintHelp(context, parsed.GetValue(words) ?? [])), words);
    }

    // The words are taken apart as a command line is, so that both say the same of one that is not there.
    private static void PrintHelp(CommandContext context, string[] words)
    {
        using var streams = CommandStreams.OfProcess();
        var parsed = new CommandTree(streams).AddFor(words).Parse(words);
        context.Output.Write(parsed.UnmatchedTokens.Count == 0
            ? HelpText.Of(parsed.CommandResult.Command)
            : throw new RefusedException(ErrorCode.InvalidArgument, ParseAdvice.Of(parsed)));
    }
}
