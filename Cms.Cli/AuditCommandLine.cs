using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>The command <c>audit</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class AuditCommandLine(CommandFactory commands)
{
    private const int UsualRows = 20;

    /// <summary>The command with all below it.</summary>
    public Command Build() => new("audit") { Show(), Verify(), Export(), Key() };

    private Command Show()
    {
        var count = new Option<int>("--count", "-n") { DefaultValueFactory = _ => UsualRows };
        var principal = new Option<string?>("--principal");
        var module = new Option<string?>("--module");
        var kind = new Option<string?>("--kind");
        var since = new Option<string?>("--since");
        var until = new Option<string?>("--until");
        var before = new Option<long?>("--before");
        var command = commands.Make("show", (context, parsed, cancellation) => AuditCommands.ShowAsync(
            context,
            new AuditSearch
            {
                Count = parsed.GetValue(count),
                Before = parsed.GetValue(before),
                Principal = parsed.GetValue(principal),
                Module = parsed.GetValue(module),
                Kind = parsed.GetValue(kind),
                Since = AuditCommands.ParseTime(parsed.GetValue(since)),
                Until = AuditCommands.ParseTime(parsed.GetValue(until)),
            },
            cancellation));
        return CommandFactory.With(command, count, principal, module, kind, since, until, before);
    }

    private Command Verify()
    {
        var files = new Argument<string[]>("file") { Arity = ArgumentArity.ZeroOrMore };
        var head = new Option<string?>("--head");
        var key = new Option<string?>("--key");
        var command = commands.Make("verify", (context, parsed, cancellation) =>
            AuditCommands.VerifyAsync(context, parsed.GetValue(files) ?? [], parsed.GetValue(head), parsed.GetValue(key), cancellation));
        return CommandFactory.With(command, files, head, key);
    }

    private Command Export()
    {
        var file = new Argument<string>("file");
        var command = commands.Make("export", (context, parsed, cancellation) => AuditCommands.ExportAsync(context, parsed.GetValue(file)!, cancellation));
        return CommandFactory.With(command, file);
    }

    private Command Key() => commands.Make("key", (context, _, cancellation) => AuditCommands.KeyAsync(context, cancellation));
}
