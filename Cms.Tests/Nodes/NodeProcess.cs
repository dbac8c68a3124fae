using System.Diagnostics;
using Cms.Client;
using Cms.Formats.Refusals;

namespace Cms.Tests.Nodes;

/// <summary>A real <c>cmsd</c> in a process of its own, on scratch directories that outlive it.</summary>
internal sealed class NodeProcess : ILocalNode
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly List<string> _settings = [];
    private readonly string? _tmpfsSize;
    private string? _stateSize;
    private Process? _stateHolder;
    private Process? _process;

    public NodeProcess()
        : this(Directory.Exists("/dev/shm") ? "/dev/shm" : null)
    {
    }

    private NodeProcess(string? runParent, string? tmpfsSize = null)
    {
        _tmpfsSize = tmpfsSize;
        Root = Directory.CreateTempSubdirectory("cms-node-").FullName;
        RunDirectory = runParent is null ? Path.Combine(Root, "run") : Path.Combine(runParent, Path.GetFileName(Root));
        Directory.CreateDirectory(ConfigDirectory);
        Directory.CreateDirectory(RunDirectory);
        Client = new CmsClient(Path.Combine(RunDirectory, "cmsd.sock"));
    }

    /// <summary>A node whose run directory is on the disk.</summary>
    public static NodeProcess OnDisk() => new(runParent: null);

    /// <summary>A node whose run directory is a tmpfs of its own, of a size such as <c>1m</c>, which nobody else sees and which ends with the process.</summary>
    public static NodeProcess OnOwnTmpfs(string size) => new(runParent: null, size);

    /// <summary>A node whose state directory is a tmpfs of its own, of a size such as <c>1m</c>, which outlives the daemon and ends with this object.</summary>
    public static NodeProcess WithStateOnOwnTmpfs(string size) => new() { _stateSize = size };

    /// <summary>Whether this machine lets an ordinary user mount for himself.</summary>
    public static async Task<bool> CanMountAsync() =>
        await ExitCodeAsync("unshare", "--user", "--map-root-user", "--mount", "true") == 0;

    public string Root { get; }

    public string ConfigDirectory => Path.Combine(Root, "config");

    public string StateDirectory => Path.Combine(Root, "state");

    public string RunDirectory { get; }

    /// <summary>Talks to the daemon, whichever process it is by now.</summary>
    public CmsClient Client { get; private set; }

    /// <summary>The run directory as this process sees it; of a tmpfs of its own only while the daemon runs.</summary>
    public string ReachedRunDirectory => _tmpfsSize is null ? RunDirectory : $"/proc/{_process!.Id}/root{RunDirectory}";

    /// <summary>The state directory as this process sees it; of a tmpfs of its own once the daemon was started.</summary>
    public string ReachedStateDirectory => _stateSize is null ? StateDirectory : $"/proc/{_stateHolder!.Id}/root{StateDirectory}";

    /// <summary>The path of a module's text file.</summary>
    public string FileOf(string module) => Path.Combine(ConfigDirectory, module);

    /// <summary>Adds a setting for the next start.</summary>
    public void Set(string setting) => _settings.Add(setting);

    /// <summary>Variables that the daemon gets besides those of this process, from the next start on.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>What is started; another program takes the same settings.</summary>
    public IReadOnlyList<string> Program { get; init; } = [Path.Combine(AppContext.BaseDirectory, "cmsd")];

    /// <summary>Whether the daemon runs.</summary>
    public bool IsAlive => _process is { HasExited: false };

    /// <summary>The daemon's process id.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Starts the daemon and waits until it answers.</summary>
    public async Task StartAsync()
    {
        await LaunchAsync();
        await WaitUntilReadyAsync();
    }

    /// <summary>Starts the daemon, which may end before it answers.</summary>
    public async Task LaunchAsync()
    {
        string[] program = [.. Program];
        if (_tmpfsSize is not null)
        {
            const string MountAndStart = "mount -t tmpfs -o mode=0755,size=\"$1\" tmpfs \"$2\" && shift 2 && exec \"$@\"";
            program = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MountAndStart, "sh", _tmpfsSize, RunDirectory, .. program];
        }

        if (_stateSize is not null)
        {
            _stateHolder ??= await HoldStateAsync(_stateSize);
            program = ["nsenter", "--user", "--mount", "--preserve-credentials", "--target", $"{_stateHolder.Id}", .. program];
        }

        var start = new ProcessStartInfo(program[0], program[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var setting in new[] { $"--config-directory={ConfigDirectory}", $"--state-directory={StateDirectory}", $"--run-directory={RunDirectory}" }.Concat(_settings))
        {
            start.ArgumentList.Add(setting);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        _process?.Dispose();
        _process = Process.Start(start) ?? throw new InvalidOperationException("cmsd did not start");
        _process.OutputDataReceived += (_, line) => Output.Append(line.Data).Append('\n');
        _process.ErrorDataReceived += (_, line) => Output.Append(line.Data).Append('\n');
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (_tmpfsSize is not null)
        {
            Client.Dispose();
            Client = new CmsClient(Path.Combine(ReachedRunDirectory, "cmsd.sock"));
        }
    }

    /// <summary>Waits until the daemon has ended by itself.</summary>
    public Task WaitForExitAsync(CancellationToken cancellation) => _process!.WaitForExitAsync(cancellation);

    /// <summary>Removes the segments, as a start of the machine does.</summary>
    public void ForgetSegments() => Directory.Delete(Path.Combine(RunDirectory, "segments"), recursive: true);

    /// <summary>Runs a command of <c>cmsd</c> on these directories to its end.</summary>
    public async Task<(int Code, string Output)> RunDaemonAsync(params string[] command)
    {
        string[] arguments = [.. command, $"--config-directory={ConfigDirectory}", $"--state-directory={StateDirectory}", $"--run-directory={RunDirectory}"];
        using var run = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cmsd"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var texts = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return (run.ExitCode, string.Concat(texts));
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

    /// <summary>Has the daemon stand still; it can only be killed then.</summary>
    public async Task FreezeAsync()
    {
        await SignalAsync("STOP");
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!Directory.GetDirectories($"/proc/{_process!.Id}/task").All(IsStopped))
        {
            await tick.WaitForNextTickAsync();
        }
    }

    private static bool IsStopped(string task) => File.ReadAllText(Path.Combine(task, "stat")) is var stat && stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');

    private async Task SignalAsync(string signal)
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
        _stateHolder?.Kill();
        _stateHolder?.Dispose();
        Client.Dispose();
        Directory.Delete(Root, recursive: true);
        if (Directory.Exists(RunDirectory))
        {
            Directory.Delete(RunDirectory, recursive: true);
        }
    }

    // The mount lives as long as this process, which does nothing else.
    private async Task<Process> HoldStateAsync(string size)
    {
        const string MountAndStay = "mount -t tmpfs -o mode=0700,size=\"$1\" tmpfs \"$2\" && echo mounted && exec cat";
        Directory.CreateDirectory(StateDirectory);
        string[] arguments = ["--user", "--map-root-user", "--mount", "sh", "-c", MountAndStay, "sh", size, StateDirectory];
        var holder = Process.Start(new ProcessStartInfo("unshare", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return await holder.StandardOutput.ReadLineAsync() == "mounted" ? holder : throw new InvalidOperationException("the tmpfs could not be mounted");
    }

    private static async Task<int> ExitCodeAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Waits until the daemon that was launched answers.</summary>
    public async Task WaitUntilReadyAsync()
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
                if (_process!.HasExited)
                {
                    // Also waits for the last lines that it printed.
                    await _process.WaitForExitAsync();
                }

                throw new InvalidOperationException($"cmsd did not get ready: {refused.Message}\n{Output}");
            }
        }
    }
}
