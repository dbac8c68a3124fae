using System.Diagnostics;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>The library of <c>Faults/Native</c> that is loaded into the programs under test, built when it is first asked for.</summary>
internal static class FaultLibrary
{
    private const string Flags =
        "-std=c11 -D_GNU_SOURCE -O1 -g -fPIC -shared -fvisibility=hidden -Wall -Wextra -Wshadow -Wconversion -Werror -pedantic";

    private static readonly Lazy<string> Built = new(Build);

    /// <summary>Where it is.</summary>
    public static string Path => Built.Value;

    private static string Build()
    {
        var directory = System.IO.Path.Combine(Repository.Root, "artifacts", "faults");
        Directory.CreateDirectory(directory);
        var library = System.IO.Path.Combine(directory, $"libfaults-{Environment.ProcessId}.so");
        var sources = Directory.GetFiles(System.IO.Path.Combine(Repository.Root, "Cms.Tests", "Faults", "Native"), "*.c");
        var start = new ProcessStartInfo("gcc", [.. Flags.Split(' '), "-o", library, .. sources, "-ldl", "-pthread"]) { RedirectStandardError = true };
        using var compiler = Process.Start(start)!;
        var errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);

        // Test runs beside this one have a library of their own; all come to rest under one name.
        var shared = System.IO.Path.Combine(directory, "libfaults.so");
        File.Move(library, shared, overwrite: true);
        return shared;
    }
}
