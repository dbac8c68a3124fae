using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli;

/// <summary>The commands that read: get, show, list.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class ReadCommandLine(CommandFactory commands)
{
    private readonly Option<bool> _committed = new("--committed");

    /// <summary>Printing a value.</summary>
    public Command Get() => Reading(
        "get",
        isRequired: true,
        (context, address, committed) => ReadCommands.Get(context, address!, committed),
        ReadCommands.GetAtAsync);

    /// <summary>Printing all of a place.</summary>
    public Command Show() =>
        Reading("show", isRequired: false, ReadCommands.Show, ReadCommands.ShowAtAsync);

    /// <summary>Printing names.</summary>
    public Command List()
    {
        var address = Arguments.OptionalAddress();
        return CommandFactory.With(commands.Make("list", (context, parsed) =>
            ReadCommands.List(context, Arguments.Parse(parsed.GetValue(address)))), address);
    }

    private Command Reading(
        string name,
        bool isRequired,
        Action<CommandContext, Address?, bool> run,
        Func<CommandContext, Address, long, CancellationToken, Task> runAt)
    {
        var address = Arguments.OptionalAddress();
        address.Arity = isRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne;
        var revision = new Option<string?>("--revision");
        var command = commands.Make(name, async (context, parsed, cancellation) =>
        {
            var place = Arguments.Parse(parsed.GetValue(address));
            if (HistoryCommands.ParseRevision(parsed.GetValue(revision)) is { } past)
            {
                await runAt(context, place ?? throw new RefusedException(ErrorCode.InvalidArgument, "a revision is one of a module; name the module"), past, cancellation);
            }
            else
            {
                run(context, place, parsed.GetValue(_committed));
            }
        });
        return CommandFactory.With(command, address, _committed, revision);
    }
}
