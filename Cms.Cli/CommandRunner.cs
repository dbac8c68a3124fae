using System.CommandLine;
using Cms.Cli.Help;
using Cms.Cli.Login;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>Runs commands: makes what they work with, and makes of a failure a message and an exit code.</summary>
/// <param name="options">What the command line says to every command.</param>
/// <param name="streams">What the commands read and write.</param>
internal sealed class CommandRunner(GlobalOptions options, CommandStreams streams)
{
    /// <summary>Runs one command to its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ParseResult parsed, Func<CommandContext, ParseResult, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        var output = new CommandOutput(streams.Output, streams.Error, options.Format(parsed)) { FindColumns = TerminalWidth.Find };
        if (FindServer(parsed, output) is not (var server, true))
        {
            return ErrorCodes.Of(ErrorCode.InvalidArgument).ExitCode;
        }

        using var context = new CommandContext(options.Paths(parsed), output, streams.Input) { Server = server };
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

    private (ServerName? Server, bool IsLegal) FindServer(ParseResult parsed, CommandOutput output)
    {
        try
        {
            var server = options.Server(parsed);
            var command = CommandWords.PathOf(parsed.CommandResult.Command);
            return server is not null && command.StartsWith("cms table ", StringComparison.Ordinal)
                ? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.server.command", command))
                : (server, true);
        }
        catch (RefusedException refused)
        {
            output.WriteRefusal(refused.Refusal);
            return (null, false);
        }
    }

    private async Task<int> RunAsync(CommandContext context, ParseResult parsed, Func<CommandContext, ParseResult, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        try
        {
            if (options.Transaction(parsed) is { } transaction)
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
            context.Output.WriteRefusal(AddressAdvice.AddTo(refused.Refusal, context, parsed));
            return ExitCodes.Of(refused.Refusal);
        }
    }

    private static string Interrupted(string command) => Text.Of(command switch
    {
        "commit" or "batch" => "interrupted.commit",
        "import" => "interrupted.import",
        "rollback" => "interrupted.rollback",
        "apply" => "interrupted.apply",
        _ => "interrupted",
    });
}
