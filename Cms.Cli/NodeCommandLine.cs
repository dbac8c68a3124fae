using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The commands that the daemon answers: memory, status.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class NodeCommandLine(CommandFactory commands)
{
    /// <summary>What the segments take.</summary>
    public Command Memory()
    {
        var module = Arguments.OptionalModule();
        return CommandFactory.With(commands.Make("memory", (context, parsed, cancellation) =>
            MemoryCommand.RunAsync(context, parsed.GetValue(module), cancellation)), module);
    }

    /// <summary>How the daemon is doing.</summary>
    public Command Status() =>
        commands.Make("status", (context, _, cancellation) => NodeCommands.StatusAsync(context, cancellation));
}
