using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The commands about modules as they were: history, diff, rollback.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class HistoryCommandLine(CommandFactory commands)
{
    /// <summary>Which commits there were.</summary>
    public Command History()
    {
        var address = new Argument<string?>("address") { Description = "module[.section[.option]]; without it all modules", Arity = ArgumentArity.ZeroOrOne };
        var count = new Option<int>("--count", "-n") { Description = "How many commits", DefaultValueFactory = _ => 20 };
        var before = new Option<string?>("--before") { Description = "Only those below this revision, or without a module below this commit" };
        var command = commands.Make("history", "Print the newest commits, of a module or of what touched a path: cms history network.lan", (context, parsed, cancellation) =>
            HistoryCommands.HistoryAsync(
                context, Arguments.Parse(parsed.GetValue(address)), HistoryCommands.ParseRevision(parsed.GetValue(before)), parsed.GetValue(count), cancellation));
        command.Add(address);
        command.Add(count);
        command.Add(before);
        return command;
    }

    /// <summary>In what two revisions differ.</summary>
    public Command Diff()
    {
        var address = Address();
        var from = new Argument<string?>("from") { Description = "A revision (default: the one before the last)", Arity = ArgumentArity.ZeroOrOne };
        var to = new Argument<string?>("to") { Description = "A revision (default: the last)", Arity = ArgumentArity.ZeroOrOne };
        var staged = new Option<bool>("--staged") { Description = "What you have staged against what is committed" };
        var command = commands.Make("diff", "Print in what two revisions differ: cms diff network 3 5", async (context, parsed, cancellation) =>
        {
            var place = Arguments.Parse(parsed.GetValue(address))!;
            if (!parsed.GetValue(staged))
            {
                var (first, second) = (HistoryCommands.ParseRevision(parsed.GetValue(from)), HistoryCommands.ParseRevision(parsed.GetValue(to)));
                await HistoryCommands.DiffAsync(context, place, first, second, cancellation);
            }
            else if (parsed.GetValue(from) is null)
            {
                HistoryCommands.DiffStaged(context, place);
            }
            else
            {
                throw new RefusedException(ErrorCode.InvalidArgument, "what is staged is compared with what is committed; leave the revisions out");
            }
        });
        command.Add(address);
        command.Add(from);
        command.Add(to);
        command.Add(staged);
        return command;
    }

    /// <summary>Going back to a revision.</summary>
    public Command Rollback()
    {
        var address = Address();
        var to = new Option<string>("--to") { Description = "The revision to go back to", Required = true };
        var message = new Option<string?>("--message", "-m") { Description = "Kept with the commit" };
        var wait = new Option<bool>("--wait") { Description = "Wait until the text file is written" };
        var command = commands.Make("rollback", "Make a module, section or option what it was, as a new commit: cms rollback network.lan --to 3", (context, parsed, cancellation) =>
        {
            var request = new RollbackRequest
            {
                To = HistoryCommands.ParseRevision(parsed.GetValue(to))!.Value,
                Message = parsed.GetValue(message),
                WaitForFile = parsed.GetValue(wait),
            };
            return HistoryCommands.RollbackAsync(context, Arguments.Parse(parsed.GetValue(address))!, request, cancellation);
        });
        command.Add(address);
        command.Add(to);
        command.Add(message);
        command.Add(wait);
        return command;
    }

    private static Argument<string> Address() => new("address") { Description = "module[.section[.option]]" };
}
