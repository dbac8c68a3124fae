using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using Cms.Cli.Catalogue;
using Cms.Cli.Output;
using Cms.Client;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The command line of <c>cms</c> itself: what all commands have in common, and what becomes of a failure.</summary>
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

    private readonly Command _root;

    private NativeCommands() =>
        _root = new Command("cms", "cms: reads and changes the configuration of this machine. Also: cms uci ...")
        {
            _json, _runDirectory, _transaction, new HelpOption("--help", "-h", "-?"),
        };

    /// <summary>Runs a command line that is not of the <c>uci</c> personality.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        if (args is ["--version"])
        {
            Console.Out.WriteLine(typeof(NativeCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
            return ExitCodes.Success;
        }

        var parsed = new NativeCommands().Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count == 0)
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }

        Console.Error.WriteLine($"cms: {parsed.Errors[^1].Message} See cms --help.");
        return ErrorCodes.Of(ErrorCode.InvalidArgument).ExitCode;
    }

    // No argument stands for a file of further arguments: values may begin with an @.
    private ParseResult Parse(string[] args)
    {
        var commands = new CommandFactory(RunAsync);
        foreach (var entry in NameOf(args) is { } name && CommandCatalogue.Find(name) is { } found ? [found] : CommandCatalogue.All)
        {
            _root.Add(entry.Build(commands));
        }

        return _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    // The first word that is neither an option nor the value of one.
    private string? NameOf(string[] args)
    {
        for (var index = 0; index < args.Length; index++)
        {
            if (!args[index].StartsWith('-'))
            {
                return args[index];
            }

            if (args[index] == _runDirectory.Name || args[index] == _transaction.Name)
            {
                index++;
            }
        }

        return null;
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
}
