using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Cli.Texts;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The command <c>show</c>.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class ReadCommandLine(CommandFactory commands)
{
    private readonly Option<bool> _committed = new("--committed");
    private readonly Option<bool> _reveal = new("--reveal");

    /// <summary>Printing all of a place.</summary>
    public Command Show()
    {
        var address = Arguments.OptionalAddress();
        var revision = new Option<string?>("--revision");
        var defaults = new Option<bool>("--defaults");
        var command = commands.Make("show", async (context, parsed, cancellation) =>
        {
            var place = Arguments.Parse(parsed.GetValue(address));
            if (HistoryCommands.ParseRevision(parsed.GetValue(revision)) is { } past)
            {
                var named = place ?? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.revision.module"));
                await ReadCommands.ShowAtAsync(context, named, past, cancellation, parsed.GetValue(_reveal));
            }
            else
            {
                if (parsed.GetValue(_reveal))
                {
                    await context.RevealAsync(place is null ? context.Modules() : [place.WithoutValue().Module], cancellation);
                }

                ReadCommands.Show(context, place, parsed.GetValue(_committed), parsed.GetValue(defaults));
            }
        });
        return CommandFactory.With(command, address, _committed, defaults, revision, _reveal);
    }
}
