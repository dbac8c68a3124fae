using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace Cms.Actors.Confirmations;

/// <summary>Probes by commands and by requests.</summary>
/// <remarks>
/// <c>http://</c> and <c>https://</c> name a server, <c>unix:SOCKET:PATH</c> one behind a Unix socket; an answer of 2xx is good. Anything
/// else is a command that <c>/bin/sh -c</c> runs as the user of the daemon; an exit code of 0 is good.
/// </remarks>
internal sealed class ConfirmationProbe : IConfirmationProbe
{
    private const string UnixScheme = "unix:";

    /// <summary>What is wrong with a probe, or null.</summary>
    public static string? Check(string probe)
    {
        const int LongestProbe = 4096;
        return string.IsNullOrWhiteSpace(probe) ? "the probe is empty; leave it out, or give a command or URL"
            : probe.Length > LongestProbe ? $"the probe has {probe.Length} characters; the most is {LongestProbe}"
            : probe.Contains('\0', StringComparison.Ordinal) ? "the probe holds a zero byte"
            : probe.StartsWith(UnixScheme, StringComparison.Ordinal) && probe.IndexOf(':', UnixScheme.Length) < 0 ? $"the probe '{probe}' lacks the path: use unix:SOCKET:/PATH"
            : IsHttp(probe) && !Uri.IsWellFormedUriString(probe, UriKind.Absolute) ? $"the probe '{probe}' is no URL"
            : null;
    }

    /// <inheritdoc/>
    public async Task<bool> TryAsync(string probe, CancellationToken cancellation)
    {
        try
        {
            return probe.StartsWith(UnixScheme, StringComparison.Ordinal) ? await RequestUnixAsync(probe, cancellation)
                : IsHttp(probe) ? await RequestAsync(new SocketsHttpHandler(), new Uri(probe), cancellation)
                : await RunAsync(probe, cancellation);
        }
        catch (Exception bad) when (bad is HttpRequestException or IOException or SocketException or Win32Exception or OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsHttp(string probe) =>
        probe.StartsWith("http://", StringComparison.Ordinal) || probe.StartsWith("https://", StringComparison.Ordinal);

    private static Task<bool> RequestUnixAsync(string probe, CancellationToken cancellation)
    {
        var end = probe.IndexOf(':', UnixScheme.Length);
        var (path, target) = (probe[UnixScheme.Length..end], probe[(end + 1)..]);
        var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(path, token), UseProxy = false };
        return RequestAsync(handler, new Uri("http://probe/" + target.TrimStart('/')), cancellation);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<bool> RequestAsync(SocketsHttpHandler handler, Uri address, CancellationToken cancellation)
    {
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return answer.IsSuccessStatusCode;
    }

    private static async Task<bool> RunAsync(string command, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true })
            ?? throw new Win32Exception("/bin/sh did not start");
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
