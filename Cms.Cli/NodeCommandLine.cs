using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The commands that the daemon answers: import, memory, status.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class NodeCommandLine(CommandFactory commands)
{
    /// <summary>Taking a text in.</summary>
    public Command Import()
    {
        var module = Arguments.Module();
        var file = new Option<string?>("--file", "-f");
        var merge = new Option<bool>("--merge");
        var wait = new Option<bool>("--wait");
        var command = commands.Make("import", (context, parsed, cancellation) =>
            NodeCommands.ImportAsync(context, parsed.GetValue(module)!, parsed.GetValue(file), parsed.GetValue(merge), parsed.GetValue(wait), cancellation));
        return CommandFactory.With(command, module, file, merge, wait);
    }

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
