using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Cli.Completion;
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

    /// <summary>Printing a shell's script that completes what is typed.</summary>
    public Command Completion()
    {
        var shell = new Argument<string>("shell");
        shell.AcceptOnlyFromAmong([.. CompletionCommands.Shells]);
        return CommandFactory.With(commands.Make("completion", (context, parsed) => CompletionCommands.Print(context, parsed.GetValue(shell)!)), shell);
    }

    /// <summary>Completing a word; those scripts call it.</summary>
    public Command Complete()
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var line = new Option<string?>("--line");
        return CommandFactory.With(commands.Make("complete", (context, parsed) => CompletionCommands.Complete(
            context, parsed.GetValue(line) is { } whole ? [.. LineWords.Of(whole).Words.Skip(1)] : parsed.GetValue(words) ?? [])), words, line);
    }

    /// <summary>Writing the manual.</summary>
    public Command Manual()
    {
        var directory = new Argument<string>("directory");
        return CommandFactory.With(commands.Make("man", (_, parsed) => ManualPages.Write(parsed.GetValue(directory)!)), directory);
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
