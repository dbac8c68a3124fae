using System.Diagnostics;

namespace Cms.Benchmarks;

/// <summary>Runs a command many times, as a shell script would, and times each from its start to its end.</summary>
internal static class TimedProcess
{
    private const int WarmUps = 10;
    private const int Repetitions = 200;

    /// <summary>The median time.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables that it gets beside the inherited ones.</param>
    /// <param name="expected">What every run has to print; a run that prints anything else ends the measurement.</param>
    /// <param name="exitCode">What every run has to end with.</param>
    /// <exception cref="InvalidDataException">A run printed something else or failed.</exception>
    public static async Task<TimeSpan> MedianAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string expected, int exitCode = 0)
    {
        var sample = new Sample();
        for (var run = 0; run < WarmUps + Repetitions; run++)
        {
            var time = await RunAsync(program, arguments, environment, expected, exitCode);
            if (run >= WarmUps)
            {
                sample.Add(time);
            }
        }

        return sample.Median;
    }

    private static async Task<TimeSpan> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string expected, int exitCode)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var time = Stopwatch.GetElapsedTime(begun);
        var printed = await process.StandardOutput.ReadToEndAsync();
        return process.ExitCode == exitCode && printed == expected
            ? time
            : throw new InvalidDataException($"{program} {string.Join(' ', arguments)} printed '{printed}' and ended with {process.ExitCode}");
    }
}
