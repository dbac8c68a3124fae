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
        var file = new Option<string?>("--file", "-f") { Description = "Read this file instead of standard input" };
        var merge = new Option<bool>("--merge") { Description = "Add to the module instead of replacing it" };
        var wait = new Option<bool>("--wait") { Description = "Wait until the text file is written" };
        var command = commands.Make("import", "Make a module equal to a UCI text from standard input", (context, parsed, cancellation) =>
            NodeCommands.ImportAsync(context, parsed.GetValue(module)!, parsed.GetValue(file), parsed.GetValue(merge), parsed.GetValue(wait), cancellation));
        return CommandFactory.With(command, module, file, merge, wait);
    }

    /// <summary>What the segments take.</summary>
    public Command Memory()
    {
        var module = Arguments.OptionalModule();
        return CommandFactory.With(commands.Make("memory", "Print what the segments take, and of one module a picture of its blocks: cms memory network", (context, parsed, cancellation) =>
            MemoryCommand.RunAsync(context, parsed.GetValue(module), cancellation)), module);
    }

    /// <summary>How the daemon is doing.</summary>
    public Command Status() =>
        commands.Make("status", "Print how the daemon is doing", (context, _, cancellation) => NodeCommands.StatusAsync(context, cancellation));
}
