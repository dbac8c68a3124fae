using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>The command line of <c>cms watch</c>.</summary>
/// <param name="command">Makes a command of a name, a description and what it does.</param>
internal sealed class WatchCommandLine(Func<string, string, Func<CommandContext, ParseResult, CancellationToken, Task<int>>, Command> command)
{
    private readonly Argument<string[]> _patterns = new("pattern") { Description = "module.section.option with * and ?; all when there is none", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _since = new("--since") { Description = "Go on after this revision of the one module, or this position; 0 for the beginning" };
    private readonly Option<bool> _old = new("--old") { Description = "Say what was there before" };
    private readonly Option<int?> _count = new("--count", "-n") { Description = "End after this many commits" };

    public Command Build()
    {
        var watch = command("watch", "Print commits as they are made, also after the daemon was away: cms watch network.lan 'dhcp.*'", RunAsync);
        watch.Add(_patterns);
        watch.Add(_since);
        watch.Add(_old);
        watch.Add(_count);
        return watch;
    }

    private async Task<int> RunAsync(CommandContext context, ParseResult parsed, CancellationToken cancellation)
    {
        var patterns = parsed.GetValue(_patterns) is { Length: > 0 } given ? given : ["*"];
        var request = new WatchRequest { Patterns = patterns, Since = parsed.GetValue(_since), Old = parsed.GetValue(_old) };
        await WatchCommand.RunAsync(context, request, parsed.GetValue(_count), cancellation);
        return ExitCodes.Success;
    }
}
