using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Cli.Migrations;

namespace Cms.Cli;

/// <summary>The command <c>migrate</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class MigrationCommandLine(CommandFactory commands)
{
    private readonly Option<string> _directory = new("--directory", "-d") { DefaultValueFactory = _ => MigrationDirectory.Default };
    private readonly Option<string?> _to = new("--to");
    private readonly Option<string?> _message = new("--message", "-m");
    private readonly Option<bool> _yes = new("--yes", "-y");

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("migrate") { New(), Plan(), Apply(), RollBack(), History() };

    private Command New()
    {
        var module = Arguments.Module();
        var version = new Argument<string>("version");
        var command = commands.Make("new", (context, parsed) =>
            MigrationCommands.New(context, parsed.GetValue(_directory)!, parsed.GetValue(module)!, parsed.GetValue(version)!));
        return CommandFactory.With(command, module, version, _directory);
    }

    private Command Plan()
    {
        var module = Arguments.OptionalModule();
        var brief = new Option<bool>("--brief");
        var command = commands.Make("plan", (context, parsed) =>
            new MigrationPlanCommand(context, Request(parsed, module)).Run(parsed.GetValue(brief)));
        return CommandFactory.With(command, module, _to, _directory, brief);
    }

    private Command Apply()
    {
        var module = Arguments.OptionalModule();
        var command = commands.Make("apply", (context, parsed, cancellation) =>
            MigrationCommands.ApplyAsync(context, Request(parsed, module), parsed.GetValue(_yes), parsed.GetValue(_message), cancellation));
        return CommandFactory.With(command, module, _to, _directory, _yes, _message);
    }

    private Command RollBack()
    {
        var module = Arguments.Module();
        var command = commands.Make("rollback", (context, parsed, cancellation) =>
            MigrationCommands.RollBackAsync(context, parsed.GetValue(module)!, parsed.GetValue(_to), parsed.GetValue(_yes), parsed.GetValue(_message), cancellation));
        return CommandFactory.With(command, module, _to, _yes, _message);
    }

    private Command History()
    {
        var module = Arguments.Module();
        var count = new Option<int>("--count", "-n") { DefaultValueFactory = _ => 20 };
        var command = commands.Make("history", (context, parsed, cancellation) =>
            MigrationCommands.HistoryAsync(context, parsed.GetValue(module)!, parsed.GetValue(count), cancellation));
        return CommandFactory.With(command, module, count);
    }

    private MigrationRequest Request(ParseResult parsed, Argument<string?> module) =>
        new(parsed.GetValue(_directory)!, parsed.GetValue(module), parsed.GetValue(_to));
}
