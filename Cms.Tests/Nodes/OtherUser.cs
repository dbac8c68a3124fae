using System.Diagnostics;
using System.Text;

namespace Cms.Tests.Nodes;

/// <summary>Sends requests to a node under another uid, by a process of its own; only root can become somebody else.</summary>
internal sealed class OtherUser(NodeProcess node, int userId, int? group = null)
{
    /// <summary>Sends a request.</summary>
    /// <returns>The status and the body.</returns>
    public async Task<string> SendAsync(string method, string path, string? body = null, string type = "application/json", string accept = "application/json")
    {
        List<string> arguments = ["-s", "-X", method, "-w", "\n%{http_code}", "-H", $"Accept: {accept}"];
        if (body is not null)
        {
            arguments.AddRange(["-H", $"Content-Type: {type}", "--data-binary", body]);
        }

        using var process = Start([.. arguments, Address(path)]);
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return answer;
    }

    /// <summary>Begins a request whose answer goes on.</summary>
    public Process Watch(string path) => Start(["-s", "-N", Address(path)]);

    private static string Address(string path) => "http://cms/api/v1/" + path;

    private Process Start(IReadOnlyList<string> arguments)
    {
        var number = (group ?? 65534).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Process.Start(new ProcessStartInfo(
            "setpriv", [$"--reuid={userId}", $"--regid={number}", "--clear-groups", "curl", "--unix-socket", Path.Combine(node.RunDirectory, "cmsd.sock"), .. arguments])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
    }
}
