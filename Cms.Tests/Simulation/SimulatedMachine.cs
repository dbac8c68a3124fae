using Cms.Actors;
using Cms.Storage.Journals;
using Microsoft.Extensions.Logging;

namespace Cms.Tests.Simulation;

/// <summary>A machine with a disk, a clock and a daemon that is started again whenever it ends.</summary>
/// <remarks>
/// The journal is on the simulated disk. Text files and segments are real files in a scratch directory: every access to
/// them is one step of the simulation, so that they bring in no order of their own.
/// </remarks>
internal sealed class SimulatedMachine : IDisposable
{
    private static readonly string Scratch = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly Random _random;
    private readonly DirectoryInfo _root;
    private SimulatedJournalFile? _journal;
    private int _lives;

    /// <param name="seed">Decides all that happens by chance.</param>
    /// <param name="decorate">Put between the actors and the journal; tests plant bugs there.</param>
    public SimulatedMachine(int seed, Func<SimulatedMachine, IJournal, IJournal> decorate)
    {
        _random = new Random(seed);
        Scheduler = new SimulatedScheduler(_random.Next());
        Clock = new SimulatedClock(Scheduler);
        Trace = new Trace(Clock);
        Faults = new Faults(_random.Next());
        Disk = new SimulatedDisk(Faults, Clock);
        World = new SimulatedContext(Scheduler, "world");
        Decorate = journal => decorate(this, journal);
        _root = Directory.CreateDirectory(Path.Combine(Scratch, $"cms-simulation-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}"));
        Loggers = new TraceLoggers(Trace, _root.FullName);
        Options = NewOptions();
        Directory.CreateDirectory(Options.ConfigDirectory);
        Directory.CreateDirectory(Options.StateDirectory);
    }

    public SimulatedScheduler Scheduler { get; }

    public SimulatedClock Clock { get; }

    public Trace Trace { get; }

    public Faults Faults { get; }

    /// <summary>Where the journal is.</summary>
    public SimulatedDisk Disk { get; }

    /// <summary>What seals secrets.</summary>
    public SimulatedKeys Keys { get; } = new();

    /// <summary>Where everybody but the daemon runs.</summary>
    public SimulatedContext World { get; }

    public NodeOptions Options { get; }

    public ILoggerFactory Loggers { get; }

    public Func<IJournal, IJournal> Decorate { get; }

    /// <summary>The daemon that runs or starts, or null.</summary>
    public SimulatedNode? Node { get; private set; }

    /// <summary>The first failure of something that nobody waits for, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Counts the times that the segments were lost.</summary>
    public int SegmentLosses { get; private set; }

    public string SegmentPath(string module) => Path.Combine(Options.SegmentDirectory, module + ".seg");

    public string FilePath(string module) => Path.Combine(Options.ConfigDirectory, module);

    public Guid NewId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>Reads the log anew, as a daemon that starts has to.</summary>
    public IJournal OpenJournal()
    {
        _journal = new SimulatedJournalFile(Disk, Faults);
        return _journal.Open(NewId());
    }

    /// <summary>Starts a daemon.</summary>
    public void Start()
    {
        Node = new SimulatedNode(this, ++_lives);
        Node.Start();
    }

    /// <summary>Ends the daemon as <c>kill -9</c> does; another one starts soon.</summary>
    public void Kill()
    {
        if (Node is { } node)
        {
            Trace.Add("the daemon is killed");
            node.Kill();
            _journal?.Kill();
            StartLater();
        }
    }

    /// <summary>Loses all that is in memory.</summary>
    public void CutPower()
    {
        Trace.Add("the power is cut");
        Node?.Kill();
        _journal?.Kill();
        Disk.CutPower();
        LoseSegments();
        StartLater();
    }

    /// <summary>Takes the segments of a machine whose daemon does not run.</summary>
    public void LoseSegments()
    {
        SegmentLosses++;
        if (Directory.Exists(Options.SegmentDirectory))
        {
            Directory.Delete(Options.SegmentDirectory, recursive: true);
        }
    }

    /// <summary>Has the daemon finish and end; another one starts soon, if asked for.</summary>
    public async Task StopAsync(bool startsAgain)
    {
        if (Node is { IsServing: true } node)
        {
            Trace.Add("the daemon is stopped");
            await node.StopAsync();
            if (Node == node)
            {
                Trace.Add("the daemon has stopped");
                node.Kill();
                Node = null;
                if (startsAgain)
                {
                    StartLater();
                }
            }
        }
    }

    /// <summary>Notes the failure of something that nobody waits for.</summary>
    public async Task WatchAsync(Task task)
    {
        try
        {
            await task;
        }
        // Whatever it is, the simulation ends with it.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failure ??= failure;
        }
    }

    public void Dispose() => _root.Delete(recursive: true);

    private void StartLater()
    {
        Node = null;
        Clock.After(TimeSpan.FromMilliseconds(_random.Next(1, 500)), () =>
        {
            if (Node is null)
            {
                Start();
            }
        });
    }

    private NodeOptions NewOptions() => new()
    {
        ConfigDirectory = Path.Combine(_root.FullName, "config"),
        StateDirectory = Path.Combine(_root.FullName, "state"),
        RunDirectory = Path.Combine(_root.FullName, "run"),
        SegmentBytes = _random.Next(3) switch { 0 => 128 << 10, 1 => 1 << 20, _ => 4 << 20 },
        SegmentTotalBytes = _random.Next(4) == 0 ? 1 << 20 : 64 << 20,
        MailboxSize = _random.Next(3) switch { 0 => 2, 1 => 20, _ => 10_000 },
        FileDelayMilliseconds = _random.Next(3) switch { 0 => 0, 1 => 50, _ => 100 },
    };
}
