using System.Diagnostics;
using Cms.Formats.Mapping;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Programs run by a user of this machine who has no rights on the node.</summary>
internal static class ForeignUser
{
    /// <summary>Nobody's uid, as commits and refusals name it.</summary>
    public const string Principal = "uid:65534";

    private const string Id = "65534";

    /// <summary>Skips the test where this process may not run anything as somebody else.</summary>
    public static void SkipUnlessPossible() =>
        Assert.SkipUnless(ProcessOwner.UserId == 0, "only root can run a program as another user");

    /// <summary>Runs a program as nobody.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        string[] all = ["--reuid", Id, "--regid", Id, "--clear-groups", program, .. arguments];
        using var process = Process.Start(new ProcessStartInfo("setpriv", all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }

    /// <summary>Sends a request to a node's socket as nobody.</summary>
    /// <returns>The status and the body.</returns>
    public static async Task<(string Status, string Body)> CurlAsync(NodeProcess node, string path, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(
            "curl", ["--silent", "--show-error", "--path-as-is", "--write-out", "\n%{http_code}", "--unix-socket", Path.Combine(node.RunDirectory, "cmsd.sock"), .. arguments, $"http://cms{path}"]);
        Assert.True(code == 0, error);
        var end = output.LastIndexOf('\n');
        return (output[(end + 1)..], output[..end]);
    }
}
