using System.Diagnostics;
using Cms.Formats.Refusals;

namespace Cms.Cli.Editing;

/// <summary>The editor that the user has chosen: <c>VISUAL</c>, else <c>EDITOR</c>, else vi.</summary>
internal static class TextEditor
{
    private const string Fallback = "vi";
    private static readonly string[] Variables = ["VISUAL", "EDITOR"];

    /// <summary>Lets the user edit a file, and waits until the editor has ended.</summary>
    /// <exception cref="RefusedException">The editor could not be run, or says that it failed.</exception>
    public static async Task RunAsync(string path, CancellationToken cancellation)
    {
        var editor = Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(each => !string.IsNullOrWhiteSpace(each)) ?? Fallback;

        // The variable may hold options as well, so a shell takes it apart, as other programs have it.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{editor} \"$1\"", "cms-edit", path]) { UseShellExecute = false })
            ?? throw new RefusedException(ErrorCode.NotFound, $"the editor '{editor}' could not be started; set EDITOR");
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"the editor '{editor}' ended with {process.ExitCode}, so nothing was changed; set EDITOR to an editor that is there, or end it without an error");
        }
    }
}
