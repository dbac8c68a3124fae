using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The commands <c>list</c> and <c>tree</c>.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class ListCommandLine(CommandFactory commands)
{
    private readonly Argument<string?> _address = Arguments.OptionalAddress();
    private readonly Option<bool> _committed = new("--committed");

    /// <summary>Printing names.</summary>
    public Command List()
    {
        var type = new Option<string?>("--type");
        var isLong = new Option<bool>("--long", "-l");
        return CommandFactory.With(
            commands.Make("list", (context, parsed) => new ListCommand(context)
            {
                Type = parsed.GetValue(type),
                IsLong = parsed.GetValue(isLong),
                IsCommitted = parsed.GetValue(_committed),
            }.Run(Arguments.Parse(parsed.GetValue(_address)))),
            _address,
            type,
            isLong,
            _committed);
    }

    /// <summary>Printing what is below what.</summary>
    public Command Tree()
    {
        var depth = new Option<int?>("--depth", "-d");
        return CommandFactory.With(
            commands.Make("tree", (context, parsed) =>
            {
                var levels = parsed.GetValue(depth) ?? int.MaxValue;
                if (levels < 1)
                {
                    throw new RefusedException(ErrorCode.InvalidArgument, $"--depth {levels} leaves nothing to print; use 1 or more");
                }

                new TreeCommand(context, parsed.GetValue(_committed)).Run(Arguments.Parse(parsed.GetValue(_address)), levels);
            }),
            _address,
            depth,
            _committed);
    }
}
