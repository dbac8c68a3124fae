using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Formats.Modules;

namespace Cms.Cli;

/// <summary>The commands <c>get</c> and <c>exists</c>.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class GetCommandLine(CommandFactory commands)
{
    private readonly Option<bool> _committed = new("--committed");
    private readonly Option<bool> _reveal = new("--reveal");
    private readonly Option<string?> _revision = new("--revision");

    /// <summary>Printing values.</summary>
    public Command Get()
    {
        var addresses = Arguments.Addresses();
        var missing = new Option<string?>("--default");
        var type = new Option<bool>("--type");
        var command = commands.Make("get", (context, parsed, cancellation) =>
        {
            var request = new GetRequest([.. parsed.GetValue(addresses)!.Select(address => Arguments.Parse(address)!)])
            {
                Default = parsed.GetValue(missing) is { } text ? ConfigValue.FromBytes(Arguments.Bytes(text).Span) : null,
                WantsTypes = parsed.GetValue(type),
                IsCommitted = parsed.GetValue(_committed),
                Reveals = parsed.GetValue(_reveal),
                Revision = HistoryCommands.ParseRevision(parsed.GetValue(_revision)),
            };
            return new GetCommand(context, request).RunAsync(cancellation);
        });
        return CommandFactory.With(command, addresses, missing, type, _committed, _revision, _reveal);
    }

    /// <summary>Telling whether something is there.</summary>
    public Command Exists()
    {
        var address = Arguments.Address();
        return CommandFactory.With(
            commands.Make("exists", (context, parsed, _) => Task.FromResult(ExistsCommand.Run(context, Arguments.Parse(parsed.GetValue(address))!, parsed.GetValue(_committed)))),
            address,
            _committed);
    }
}
