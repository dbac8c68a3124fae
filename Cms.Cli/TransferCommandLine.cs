using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Cli.Encryption;
using Cms.Cli.Transfer;
using Cms.Client;

namespace Cms.Cli;

/// <summary>The commands that carry modules out and in: export, import, apply.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class TransferCommandLine(CommandFactory commands)
{
    private readonly Option<string?> _format = Format();
    private readonly Option<bool> _merge = new("--merge");
    private readonly Option<bool> _wait = new("--wait");

    /// <summary>Printing modules whole.</summary>
    public Command Export()
    {
        var modules = Arguments.Modules();
        var committed = new Option<bool>("--committed");
        var to = new Option<string?>("--to");
        var reveal = new Option<bool>("--reveal");
        var command = commands.Make("export", async (context, parsed, cancellation) =>
        {
            var (names, format) = (parsed.GetValue(modules) ?? [], TransferFormats.Parse(parsed.GetValue(_format)));
            if (parsed.GetValue(reveal))
            {
                await context.RevealAsync(names.Length == 0 ? context.Modules() : names, cancellation);
            }

            await EncryptedExport.RunAsync(context, parsed.GetValue(to), target => ExportCommand.Run(target, names, format, parsed.GetValue(committed)), cancellation);
        });
        return CommandFactory.With(command, modules, _format, committed, to, reveal);
    }

    /// <summary>Taking modules in.</summary>
    public Command Import()
    {
        var module = Arguments.OptionalModule();
        var file = new Option<string?>("--file", "-f");
        var identity = new Option<string?>("--identity");
        var message = Message("import");
        var command = commands.Make("import", (context, parsed, cancellation) => ImportCommands.RunAsync(
            context,
            TransferSource.Of(parsed.GetValue(file), parsed.GetValue(_format)) with { Identity = parsed.GetValue(identity) },
            parsed.GetValue(module),
            new ImportOptions { Merge = parsed.GetValue(_merge), WaitForFile = parsed.GetValue(_wait), Message = parsed.GetValue(message)! },
            cancellation));
        return CommandFactory.With(command, module, file, _format, identity, _merge, _wait, message);
    }

    /// <summary>Having modules be what a directory says.</summary>
    public Command Apply()
    {
        var path = new Option<string>("--file", "-f") { Required = true };
        var prune = new Option<bool>("--prune");
        var yes = new Option<bool>("--yes", "-y");
        var dryRun = new Option<bool>("--dry-run", "-n");
        var message = Message("apply");
        var command = commands.Make("apply", (context, parsed, cancellation) =>
        {
            var options = new ApplyOptions(parsed.GetValue(path)!)
            {
                IsPruning = parsed.GetValue(prune),
                IsMerge = parsed.GetValue(_merge),
                IsAgreed = parsed.GetValue(yes),
                IsDryRun = parsed.GetValue(dryRun),
                Waits = parsed.GetValue(_wait),
                Message = parsed.GetValue(message)!,
            };
            return ApplyCommand.RunAsync(context, options, cancellation);
        });
        return CommandFactory.With(command, path, prune, _merge, yes, dryRun, _wait, message);
    }

    private static Option<string> Message(string otherwise) => new("--message", "-m") { DefaultValueFactory = _ => otherwise };

    /// <summary>The option that says how modules are written.</summary>
    public static Option<string?> Format()
    {
        var format = new Option<string?>("--format");
        format.CompletionSources.Add(TransferFormats.Names);
        return format;
    }
}
