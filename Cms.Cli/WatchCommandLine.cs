using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>The command line of <c>cms watch</c>.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class WatchCommandLine(CommandFactory commands)
{
    private readonly Argument<string[]> _patterns = new("pattern") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _since = new("--since");
    private readonly Option<bool> _old = new("--old");
    private readonly Option<int?> _count = new("--count", "-n");

    private readonly Option<string?> _veto = new("--veto");
    private readonly Option<string?> _name = new("--name");
    private readonly Option<int> _deadline = new("--deadline") { DefaultValueFactory = _ => ValidatorRequest.DefaultDeadlineMs };
    private readonly Option<bool> _acceptsByDefault = new("--accept-by-default");

    /// <summary>The command.</summary>
    public Command Build()
    {
        var watch = commands.Make("watch", RunAsync);
        watch.Add(_patterns);
        watch.Add(_since);
        watch.Add(_old);
        watch.Add(_count);
        watch.Add(_veto);
        watch.Add(_name);
        watch.Add(_deadline);
        watch.Add(_acceptsByDefault);
        return watch;
    }

    private async Task<int> RunAsync(CommandContext context, ParseResult parsed, CancellationToken cancellation)
    {
        var patterns = parsed.GetValue(_patterns) is { Length: > 0 } given ? given : ["*"];
        if (parsed.GetValue(_veto) is { } shellCommand)
        {
            var validator = new ValidatorRequest
            {
                Name = parsed.GetValue(_name) ?? $"cms-watch-{Environment.ProcessId}",
                Patterns = patterns,
                DeadlineMs = parsed.GetValue(_deadline),
                AcceptsByDefault = parsed.GetValue(_acceptsByDefault),
            };
            await new VetoCommand(context, validator, shellCommand).RunAsync(cancellation);
        }

        var request = new WatchRequest { Patterns = patterns, Since = parsed.GetValue(_since), Old = parsed.GetValue(_old) };
        await WatchCommand.RunAsync(context, request, parsed.GetValue(_count), cancellation);
        return ExitCodes.Success;
    }
}
