using System.Diagnostics;
using System.Text;

namespace Cms.Tests.CommandLine;

/// <summary>A program on a terminal of its own, which script(1) makes.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private readonly Process _script;
    private readonly StringBuilder _screen = new();
    private readonly byte[] _buffer = new byte[4096];
    private int _seen;

    /// <summary>Starts a program.</summary>
    /// <param name="program">It and its arguments, of which none holds a quote.</param>
    /// <param name="variables">What its environment has besides that of this process.</param>
    /// <param name="columns">How wide the terminal is.</param>
    public Terminal(IReadOnlyList<string> program, Dictionary<string, string> variables, int columns = 120)
    {
        var command = $"stty cols {columns} rows 30; exec {string.Join(' ', program.Select(word => $"'{word}'"))}";
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        _script = Process.Start(start)!;
    }

    /// <summary>What was shown so far.</summary>
    public string Screen => _screen.ToString();

    /// <summary>Types keys.</summary>
    public async Task TypeAsync(string keys)
    {
        await _script.StandardInput.WriteAsync(keys);
        await _script.StandardInput.FlushAsync();
    }

    /// <summary>Waits until something is shown behind what a former call waited for.</summary>
    public async Task WaitForAsync(string text, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            while (Screen.IndexOf(text, _seen, StringComparison.Ordinal) < 0)
            {
                var count = await _script.StandardOutput.BaseStream.ReadAsync(_buffer, limit.Token);
                _screen.Append(count == 0 ? throw new InvalidOperationException($"the program ended before it showed '{text}':\n{Screen}") : Encoding.UTF8.GetString(_buffer, 0, count));
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new InvalidOperationException($"'{text}' was not shown:\n{Screen[_seen..]}");
        }

        _seen = Screen.IndexOf(text, _seen, StringComparison.Ordinal) + text.Length;
    }

    /// <summary>All that is shown up to the end of the program.</summary>
    public async Task<string> ReadToEndAsync(CancellationToken cancellation)
    {
        _screen.Append(await _script.StandardOutput.ReadToEndAsync(cancellation));
        await _script.WaitForExitAsync(cancellation);
        return Screen;
    }

    /// <summary>How the program ended.</summary>
    public int ExitCode => _script.ExitCode;

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
        {
            _script.Kill(entireProcessTree: true);
            await _script.WaitForExitAsync();
        }

        _script.Dispose();
    }
}
