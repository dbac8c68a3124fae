using System.Diagnostics;
using Cms.Client;
using Cms.Formats.Refusals;

namespace Cms.Tests.Nodes;

/// <summary>A real <c>cmsd</c> in a process of its own, on scratch directories that outlive it.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly List<string> _settings = [];
    private Process? _process;

    public NodeProcess()
    {
        Root = Directory.CreateTempSubdirectory("cms-node-").FullName;
        RunDirectory = Directory.Exists("/dev/shm") ? Path.Combine("/dev/shm", Path.GetFileName(Root)) : Path.Combine(Root, "run");
        Directory.CreateDirectory(ConfigDirectory);
        Directory.CreateDirectory(RunDirectory);
        Client = new CmsClient(Path.Combine(RunDirectory, "cmsd.sock"));
    }

    public string Root { get; }

    public string ConfigDirectory => Path.Combine(Root, "config");

    public string StateDirectory => Path.Combine(Root, "state");

    public string RunDirectory { get; }

    /// <summary>Talks to the daemon, whichever process it is by now.</summary>
    public CmsClient Client { get; }

    /// <summary>The path of a module's text file.</summary>
    public string FileOf(string module) => Path.Combine(ConfigDirectory, module);

    /// <summary>Adds a setting for the next start.</summary>
    public void Set(string setting) => _settings.Add(setting);

    /// <summary>Starts the daemon and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cmsd")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var setting in new[] { $"--config-directory={ConfigDirectory}", $"--state-directory={StateDirectory}", $"--run-directory={RunDirectory}" }.Concat(_settings))
        {
            start.ArgumentList.Add(setting);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("cmsd did not start");
        _process.OutputDataReceived += (_, line) => Output.Append(line.Data).Append('\n');
        _process.ErrorDataReceived += (_, line) => Output.Append(line.Data).Append('\n');
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync();
    }

    /// <summary>What the daemon has printed.</summary>
    public System.Text.StringBuilder Output { get; } = new();

    /// <summary>Ends the daemon as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the daemon to stop and waits until it has.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Sends the daemon a signal, such as <c>STOP</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        Client.Dispose();
        Directory.Delete(Root, recursive: true);
        if (Directory.Exists(RunDirectory))
        {
            Directory.Delete(RunDirectory, recursive: true);
        }
    }

    private async Task WaitUntilReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            try
            {
                await Client.StatusAsync(CancellationToken.None);
                return;
            }
            catch (RefusedException) when (!_process!.HasExited && Stopwatch.GetElapsedTime(started) < StartLimit)
            {
                await tick.WaitForNextTickAsync();
            }
            catch (RefusedException refused)
            {
                throw new InvalidOperationException($"cmsd did not get ready: {refused.Message}\n{Output}");
            }
        }
    }
}
