using System.Diagnostics;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>A daemon of the built kind: texts and journal on a disk, socket and segments in memory.</summary>
/// <remarks>
/// Starting and killing are not for several threads at once; clients are. The directories live as long as this object, so a killed
/// node can be started again on what it left.
/// </remarks>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    private readonly Installation _installation;
    private readonly Scratch _disk;
    private readonly Scratch _run;
    private Process? _process;

    /// <summary>A node that is not started yet.</summary>
    public NodeProcess(Installation installation)
    {
        _installation = installation;
        _disk = installation.NewDiskScratch();
        _run = installation.NewRunScratch();
    }

    /// <summary>Settings beside those of the directories, as its command line has them.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Where its socket and segments are.</summary>
    public NodePaths Paths => new(_run["run"]);

    /// <summary>Where its text files are.</summary>
    public string ConfigDirectory => _disk["config"];

    /// <summary>A directory on the file system of the journal.</summary>
    public string JournalDirectory => _disk["state"];

    /// <summary>The write-ahead log of the journal.</summary>
    public string JournalLog => Path.Combine(JournalDirectory, "journal.db-wal");

    /// <summary>The most memory it ever had, its segments included.</summary>
    public long PeakBytes => ProcessMemory.PeakBytes(_process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What it has in memory now without its segments.</summary>
    public long OwnBytes => ProcessMemory.OwnBytes(_process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What it has in memory now, its segments included.</summary>
    public long ResidentBytes => ProcessMemory.ResidentBytes(_process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The time that processors have spent on it so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>A client with connections of its own, which the caller disposes.</summary>
    public CmsClient NewClient() => new(Paths.Socket);

    /// <summary>Starts the program; it serves some time later.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo(
            _installation.Daemon,
            [$"--config-directory={ConfigDirectory}", $"--state-directory={JournalDirectory}", $"--run-directory={Paths.RunDirectory}", .. Settings])
        {
            RedirectStandardOutput = true,
        };
        _process?.Dispose();
        _process = Process.Start(start)!;

        // Its log is nobody's concern here, but an unread pipe would stop it.
        _process.BeginOutputReadLine();
    }

    /// <summary>Starts the program and waits until it serves.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAndWaitAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        Start();
        await InsistAsync(client => client.StatusAsync(CancellationToken.None));
        return Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>Asks again until the daemon answers.</summary>
    /// <param name="ask">Repeated while no daemon answers.</param>
    /// <exception cref="InvalidOperationException">The daemon ended.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public async Task<T> InsistAsync<T>(Func<CmsClient, Task<T>> ask)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = NewClient();
                return await ask(client);
            }
            catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
            {
                await Task.Delay(PollInterval);
            }

            if (_process!.HasExited)
            {
                throw new InvalidOperationException($"cmsd ended with {_process.ExitCode}");
            }

            if (Stopwatch.GetElapsedTime(begun) > LongestStart)
            {
                throw new TimeoutException($"cmsd does not answer within {LongestStart}");
            }
        }
    }

    /// <summary>Ends the program at whatever instruction it is (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the program to end and waits until it has, with everything in its files.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", [_process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    /// <summary>Gets the backups of another node.</summary>
    public void TakeBackups(NodeProcess other)
    {
        var directory = Directory.CreateDirectory(Path.Combine(JournalDirectory, "backups")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(other.JournalDirectory, "backups")))
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        }
    }

    /// <summary>Forgets what a reboot would: everything in memory.</summary>
    public void ForgetSegments() => Directory.Delete(Paths.RunDirectory, recursive: true);

    /// <summary>The committed value of an option, by the way every reader takes.</summary>
    public string? Read(string module, string section, string option)
    {
        using var reader = SegmentReader.Open(Paths.SegmentOf(module));
        var view = reader.Snapshot();
        return view.FindSection(section) is { } found ? view.FindOption(found.Id, option)?.Value.GetText() : null;
    }

    /// <summary>A commit that sets one option.</summary>
    public static CommitRequest SetOption(string section, string option, string value) => new()
    {
        Operations = [new WireOperation { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) }],
    };

    /// <summary>Kills the program if it runs, and removes its directories.</summary>
    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        _run.Dispose();
        _disk.Dispose();
    }
}
