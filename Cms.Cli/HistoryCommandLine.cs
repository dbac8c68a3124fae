using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Cli.Transfer;
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
        var address = new Argument<string?>("address") { Arity = ArgumentArity.ZeroOrOne };
        var count = new Option<int>("--count", "-n") { DefaultValueFactory = _ => 20 };
        var before = new Option<string?>("--before");
        var command = commands.Make("history", (context, parsed, cancellation) =>
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
        var from = new Argument<string?>("from") { Arity = ArgumentArity.ZeroOrOne };
        var to = new Argument<string?>("to") { Arity = ArgumentArity.ZeroOrOne };
        var staged = new Option<bool>("--staged");
        var file = new Option<string?>("--file", "-f");
        var format = TransferCommandLine.Format();
        var command = commands.Make("diff", async (context, parsed, cancellation) =>
        {
            var place = Arguments.Parse(parsed.GetValue(address))!;
            if (parsed.GetValue(file) is { } path && parsed.GetValue(from) is null)
            {
                await HistoryCommands.DiffFileAsync(context, place, TransferSource.Of(path, parsed.GetValue(format)), parsed.GetValue(staged), cancellation);
            }
            else if (parsed.GetValue(file) is not null)
            {
                throw new RefusedException(ErrorCode.InvalidArgument, "a file is compared with the module as it is; leave the revisions out");
            }
            else if (!parsed.GetValue(staged))
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
        command.Add(file);
        command.Add(format);
        return command;
    }

    /// <summary>Going back to a revision.</summary>
    public Command Rollback()
    {
        var address = Address();
        var to = new Option<string>("--to") { Required = true };
        var message = new Option<string?>("--message", "-m");
        var wait = new Option<bool>("--wait");
        var command = commands.Make("rollback", (context, parsed, cancellation) =>
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

    private static Argument<string> Address() => new("address");
}
