using System.Diagnostics;

namespace Cms.Tests.Faults;

/// <summary>Runs a program under the library to its end.</summary>
internal static class FaultProcess
{
    /// <summary>Runs a program.</summary>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="program">The program and its arguments.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string> environment, string input, params string[] program)
    {
        var start = new ProcessStartInfo(program[0], program[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was killed before it had read everything, as it may be here.
        }

        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    /// <summary>The arguments that run the <c>uci</c> personality on the files of a root.</summary>
    public static string[] Uci(string root, params string[] arguments) =>
        [Path.Combine(AppContext.BaseDirectory, "cms"), "uci", "-c", Path.Combine(root, "config"), "-t", Path.Combine(root, "delta"), .. arguments];
}
