using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>Has a shell command decide about commits before they are made.</summary>
/// <param name="context">The node.</param>
/// <param name="request">What to be asked about.</param>
/// <param name="shellCommand">Gets the pending commit as a line of JSON on its standard input; exit code 0 accepts, what it prints first is the reason.</param>
internal sealed class VetoCommand(CommandContext context, ValidatorRequest request, string shellCommand)
{
    private const int LongestMessage = 4096;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Validates until the command is ended, also after the daemon was away.</summary>
    /// <exception cref="RefusedException">The daemon refuses, is not there the first time, or another validator has taken the name over.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var wasAsked = false; ;)
        {
            try
            {
                await foreach (var line in context.Client.ValidateAsync(request, cancellation))
                {
                    wasAsked = true;
                    if (line.Kind == ValidationLine.Over)
                    {
                        throw new RefusedException(ErrorCode.Unavailable, $"another validator has taken the name '{request.Name}' over");
                    }

                    // Commits of several modules are decided beside each other.
                    _ = line.Kind == ValidationLine.Validate ? DecideAsync(line, cancellation) : Task.CompletedTask;
                }
            }
            catch (RefusedException away) when (wasAsked && away.Refusal.Code == ErrorCode.UnknownOutcome)
            {
                // It is asked again below.
            }

            // Nobody tells when a daemon is back.
            await Task.Delay(RetryDelay, cancellation);
            await WaitForDaemonAsync(cancellation);
        }
    }

    private async Task WaitForDaemonAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await context.Client.StatusAsync(cancellation);
                return;
            }
            catch (RefusedException away) when (away.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
            {
                // It is asked again a little later, since nobody tells when it is back.
                await Task.Delay(RetryDelay, cancellation);
            }
        }
    }

    private async Task DecideAsync(ValidationLine line, CancellationToken cancellation)
    {
        var (accepts, message) = await AskAsync(line, cancellation);
        try
        {
            await context.Client.AnswerAsync(line.Id!, new() { Validator = request.Name, Accept = accepts, Message = message }, cancellation);
        }
        catch (RefusedException late)
        {
            context.Output.WriteWarning(late.Refusal.Message);
        }
    }

    private async Task<(bool Accepts, string Message)> AskAsync(ValidationLine line, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", shellCommand]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[CmsClient.ValidationVariable] = line.Id;
        try
        {
            using var process = Process.Start(start)!;
            var reason = process.StandardOutput.ReadToEndAsync(cancellation);
            await WriteAsync(process, line, cancellation);
            await process.WaitForExitAsync(cancellation);
            var text = (await reason).Split('\n')[0];
            return (process.ExitCode == 0, text.Length > 0 ? text[..Math.Min(text.Length, LongestMessage)] : $"its command ended with {process.ExitCode}");
        }
        catch (Win32Exception failure)
        {
            return (request.AcceptsByDefault, $"its command cannot be run: {failure.Message}");
        }
    }

    private static async Task WriteAsync(Process process, ValidationLine line, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, WireJson.Default.ValidationLine), cancellation);
            await process.StandardInput.WriteLineAsync(ReadOnlyMemory<char>.Empty, cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A command need not read what it does not want to know.
        }
    }
}
