using System.CommandLine;
using System.Text;
using Cms.Cli.Commands;
using Cms.Cli.Output;
using Cms.Cli.Uci;
using Cms.Client;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli;

/// <summary>The command line of <c>cms</c> itself: which commands there are, and what becomes of a failure.</summary>
internal sealed class NativeCommands
{
    private const string RunDirectoryVariable = "CMS_RUN_DIRECTORY";
    private const string TransactionVariable = "CMS_TRANSACTION";

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON", Recursive = true };
    private readonly Option<string?> _runDirectory = new("--run-directory")
    {
        Description = $"The node's run directory (default: ${RunDirectoryVariable}, else {NodePaths.DefaultRunDirectory})",
        Recursive = true,
    };

    private readonly Option<string?> _transaction = new("--transaction")
    {
        Description = $"Work in this open transaction (default: ${TransactionVariable})",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(TransactionVariable),
    };

    private readonly Option<bool> _committed = new("--committed") { Description = "Leave out what you have staged" };
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait until the text file is written" };
    private readonly Option<string?> _message = new("--message", "-m") { Description = "Kept with the commit" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Read this file instead of standard input" };
    private readonly Option<bool> _merge = new("--merge") { Description = "Add to the module instead of replacing it" };

    /// <summary>Runs a command line that is not of the <c>uci</c> personality.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        var parsed = new NativeCommands().Build().Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count == 0)
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }

        Console.Error.WriteLine($"cms: {parsed.Errors[^1].Message} See cms --help.");
        return ErrorCodes.Of(ErrorCode.InvalidArgument).ExitCode;
    }

    private RootCommand Build()
    {
        var root = Commands();
        foreach (var command in new TransactionCommandLine(new CommandFactory(Command)).Build())
        {
            root.Add(command);
        }

        root.Add(new BackupCommandLine(new CommandFactory(Command)).Build());
        return root;
    }

    private RootCommand Commands() => new("cms: reads and changes the configuration of this machine. Also: cms uci ...")
    {
        _json,
        _runDirectory,
        _transaction,
        Reading(
            "get",
            "Print a value: cms get network.lan.ipaddr",
            isRequired: true,
            (context, address, committed) => ReadCommands.Get(context, address!, committed),
            ReadCommands.GetAtAsync),
        Reading("show", "Print a module, section or option: cms show network.lan", isRequired: false, ReadCommands.Show, ReadCommands.ShowAtAsync),
        Addressed("list", "Print names of modules, sections or options: cms list network", isRequired: false, ReadCommands.List),
        Export(),
        Addressed("set", "Stage a value: cms set network.lan.ipaddr=10.0.0.1, or a section: cms set network.dmz=interface", isRequired: true, Required(StageCommands.Set)),
        Add(),
        Addressed("add_list", "Stage one more element: cms add_list network.wan.dns=9.9.9.9", isRequired: true, Required(StageCommands.AddToList)),
        Addressed("del_list", "Stage the removal of all equal elements: cms del_list network.wan.dns=9.9.9.9", isRequired: true, Required(StageCommands.RemoveFromList)),
        Addressed("delete", "Stage the removal of a section, option or list element: cms delete network.wan.dns=0", isRequired: true, Required(StageCommands.Delete)),
        Addressed("rename", "Stage another name: cms rename network.lan=home", isRequired: true, Required(StageCommands.Rename)),
        Addressed("reorder", "Stage another place: cms reorder firewall.@rule[3]=0", isRequired: true, Required(StageCommands.Reorder)),
        new TableCommandLine(Command).Build(),
        Changes(),
        Addressed("revert", "Drop what is staged: cms revert network.lan", isRequired: false, SessionCommands.Revert),
        Commit(),
        Import(),
        new BatchCommandLine(Command).Build(),
        new WatchCommandLine(Command).Build(),
        new TopicCommandLine(new CommandFactory(Command)).Build(),
        new ConfirmationCommandLine(new CommandFactory(Command)).Confirm(),
        new ConfirmationCommandLine(new CommandFactory(Command)).Extend(),
        new ConfirmationCommandLine(new CommandFactory(Command)).List(),
        new HistoryCommandLine(new CommandFactory(Command), Parse).History(),
        new HistoryCommandLine(new CommandFactory(Command), Parse).Diff(),
        new HistoryCommandLine(new CommandFactory(Command), Parse).Rollback(),
        Memory(),
        Command("status", "Print how the daemon is doing", (context, _, cancellation) => DoneAsync(NodeCommands.StatusAsync(context, cancellation))),
    };

    private Command Memory()
    {
        var module = ModuleArgument(isRequired: false);
        var command = Command("memory", "Print what the segments take, and of one module a picture of its blocks: cms memory network", (context, parsed, cancellation) =>
            DoneAsync(MemoryCommand.RunAsync(context, parsed.GetValue(module), cancellation)));
        command.Add(module);
        return command;
    }

    private Command Reading(
        string name,
        string description,
        bool isRequired,
        Action<CommandContext, Address?, bool> run,
        Func<CommandContext, Address, long, CancellationToken, Task> runAt)
    {
        var address = AddressArgument(isRequired);
        var revision = new Option<string?>("--revision") { Description = "As it was at this revision; cms history lists them" };
        var command = Command(name, description, async (context, parsed, cancellation) =>
        {
            var place = Parse(parsed.GetValue(address));
            if (HistoryCommands.ParseRevision(parsed.GetValue(revision)) is { } past)
            {
                await runAt(context, place ?? throw new RefusedException(ErrorCode.InvalidArgument, "a revision is one of a module; name the module"), past, cancellation);
            }
            else
            {
                run(context, place, parsed.GetValue(_committed));
            }

            return ExitCodes.Success;
        });
        command.Add(address);
        command.Add(_committed);
        command.Add(revision);
        return command;
    }

    private Command Addressed(string name, string description, bool isRequired, Action<CommandContext, Address?> run)
    {
        var address = AddressArgument(isRequired);
        var command = Command(name, description, (context, parsed, _) =>
        {
            run(context, Parse(parsed.GetValue(address)));
            return Task.FromResult(ExitCodes.Success);
        });
        command.Add(address);
        return command;
    }

    private Command Export()
    {
        var module = ModuleArgument(isRequired: false);
        var command = Command("export", "Print a module as UCI text", (context, parsed, _) =>
        {
            ReadCommands.Export(context, parsed.GetValue(module), parsed.GetValue(_committed));
            return Task.FromResult(ExitCodes.Success);
        });
        command.Add(module);
        command.Add(_committed);
        return command;
    }

    private Command Add()
    {
        var module = ModuleArgument(isRequired: true);
        var type = new Argument<string>("type");
        var command = Command("add", "Stage a new anonymous section and print what to call it: cms add firewall rule", (context, parsed, _) =>
        {
            StageCommands.Add(context, parsed.GetValue(module)!, parsed.GetValue(type)!);
            return Task.FromResult(ExitCodes.Success);
        });
        command.Add(module);
        command.Add(type);
        return command;
    }

    private Command Changes()
    {
        var module = ModuleArgument(isRequired: false);
        var command = Command("changes", "Print what you have staged", (context, parsed, _) =>
        {
            SessionCommands.Changes(context, parsed.GetValue(module));
            return Task.FromResult(ExitCodes.Success);
        });
        command.Add(module);
        return command;
    }

    private Command Commit()
    {
        var module = ModuleArgument(isRequired: false);
        var confirmation = new ConfirmationCommandLine(new CommandFactory(Command));
        var command = Command("commit", "Commit what you have staged; when it returns it is durable", (context, parsed, cancellation) =>
            SessionCommands.CommitAsync(context, parsed.GetValue(module), new CommitTerms(parsed.GetValue(_message), parsed.GetValue(_wait), confirmation.Find(parsed)), cancellation));
        command.Add(module);
        command.Add(_message);
        command.Add(_wait);
        confirmation.AddOptions(command);
        return command;
    }

    private Command Import()
    {
        var module = ModuleArgument(isRequired: true);
        var command = Command("import", "Make a module equal to a UCI text from standard input", (context, parsed, cancellation) => DoneAsync(
            NodeCommands.ImportAsync(context, parsed.GetValue(module)!, parsed.GetValue(_file), parsed.GetValue(_merge), parsed.GetValue(_wait), cancellation)));
        command.Add(module);
        command.Add(_file);
        command.Add(_merge);
        command.Add(_wait);
        return command;
    }

    private Command Command(string name, string description, Func<CommandContext, ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, run, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<CommandContext, ParseResult, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        await using var input = Console.OpenStandardInput();
        await using var standardOutput = Console.OpenStandardOutput();
        await using var error = Console.OpenStandardError();
        var runDirectory = parsed.GetValue(_runDirectory) ?? Environment.GetEnvironmentVariable(RunDirectoryVariable) ?? NodePaths.DefaultRunDirectory;
        var output = new CommandOutput(standardOutput, error, parsed.GetValue(_json));
        using var context = new CommandContext(new NodePaths(runDirectory), output, input);
        try
        {
            return await RunAsync(context, parsed, run, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            output.WriteFailure(Interrupted(parsed.CommandResult.Command.Name));
            return ExitCodes.Interrupted;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            output.WriteFailure(failure.Message);
            return ExitCodes.Failed;
        }
    }

    private async Task<int> RunAsync(CommandContext context, ParseResult parsed, Func<CommandContext, ParseResult, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        try
        {
            if (parsed.GetValue(_transaction) is { Length: > 0 } transaction)
            {
                await context.EnterAsync(transaction, cancellation);
            }

            var exitCode = await run(context, parsed, cancellation);
            await context.SaveAsync(cancellation);
            context.Output.Flush();
            return exitCode;
        }
        catch (RefusedException refused)
        {
            context.Output.WriteRefusal(refused.Refusal);
            return ExitCodes.Of(refused.Refusal);
        }
    }

    private static string Interrupted(string command) => command switch
    {
        "commit" or "batch" => "interrupted: outcome not known; commit again",
        "import" => "interrupted: outcome not known; import again",
        "rollback" => "interrupted: outcome not known; roll back again",
        _ => "interrupted",
    };

    private static Action<CommandContext, Address?> Required(Action<CommandContext, Address> run) => (context, address) => run(context, address!);

    private static async Task<int> DoneAsync(Task work)
    {
        await work;
        return ExitCodes.Success;
    }

    private static Argument<string?> AddressArgument(bool isRequired) =>
        new("address") { Description = "module.section.option[=value]; a section may be @type[n]", Arity = Arity(isRequired) };

    private static Argument<string?> ModuleArgument(bool isRequired) => new("module") { Arity = Arity(isRequired) };

    private static ArgumentArity Arity(bool isRequired) => isRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne;

    // An argument that is no UTF-8 is looked up in the bytes that the system holds.
    internal static Address? Parse(string? argument) => argument is null ? null
        : !argument.Contains('\ufffd', StringComparison.Ordinal) ? Address.Parse(Encoding.UTF8.GetBytes(argument))
        : Address.Parse(RawArguments.Of(Environment.GetCommandLineArgs()[1..]).First(raw => Encoding.UTF8.GetString(raw.Span) == argument));
}
