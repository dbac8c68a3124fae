using System.Diagnostics;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>The C programs of libcms/tests, built when the first of them is asked for.</summary>
internal static class NativeProgram
{
    private static readonly Lazy<string> Built = new(Build);

    /// <summary>Where the programs with the sanitizers are.</summary>
    public static string Sanitized(string name) => Path.Combine(Built.Value, "sanitized", "tests", name);

    /// <summary>Where the programs as they are shipped are.</summary>
    public static string Fast(string name) => Path.Combine(Built.Value, "fast", "tests", name);

    /// <summary>A file of what <c>make build</c> makes of the library.</summary>
    public static string Library(string name) => Path.Combine(Built.Value, "..", "lib", name);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    /// <summary>Runs a program to its end and expects that it is content.</summary>
    public static async Task<string> ExpectAsync(string program, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(program, arguments);
        Assert.True(exitCode == 0, $"{Path.GetFileName(program)} {string.Join(' ', arguments)}: exit code {exitCode}\n{output}");
        return output;
    }

    private static string Build()
    {
        string[] arguments = ["--silent", "--no-print-directory", "--directory", Path.Combine(Repository.Root, "libcms"), "lib", "tests", "python"];
        using var make = Process.Start(new ProcessStartInfo("make", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = make.StandardOutput.ReadToEnd() + make.StandardError.ReadToEnd();
        make.WaitForExit();
        Assert.True(make.ExitCode == 0, error);
        return Path.Combine(Repository.Root, "artifacts", "libcms");
    }
}
