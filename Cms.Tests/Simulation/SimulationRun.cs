using System.Globalization;
using Cms.Actors.Modules;
using Cms.Formats.Uci;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>One simulation: clients, hand edits and troubles of a seed, then healing, then what must be true at the end.</summary>
internal sealed class SimulationRun : IDisposable
{
    private const int MostSteps = 200_000;
    private static readonly string[] ModuleNames = ["alpha", "beta", "gamma"];
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    private const int ReadPause = 40;

    // What was begun before the first look may still be on its way to the disk.
    private const int QuietLooks = 5;

    // The others keep the meaning that they had before there were schemas.
    private const int SeedsOfSchemas = 5;

    private readonly int _seed;
    private readonly SimulatedMachine _machine;
    private readonly Invariants _invariants;
    private readonly HandEditor _editor;
    private readonly Chaos _chaos;
    private readonly Random _random;
    private bool _isWild = true;

    private SimulationRun(int seed, Func<SimulatedMachine, IJournal, IJournal> decorate)
    {
        _seed = seed;
        _random = new Random(seed ^ 0x5eed);
        _machine = new SimulatedMachine(seed, decorate);
        _invariants = new Invariants(_machine, ModuleNames);
        _editor = new HandEditor(_machine, ModuleNames, _random.Next());
        _chaos = new Chaos(_machine, ModuleNames, _random.Next());
    }

    // Not decided by chance, which would give every seed another meaning.
    private bool HasSchemas => _seed % SeedsOfSchemas == 2;

    /// <summary>Runs a simulation.</summary>
    /// <param name="seed">Decides all of it.</param>
    public static SimulationResult Of(int seed) => Of(seed, (_, journal) => journal);

    /// <summary>Runs a simulation with something put between the actors and their journal.</summary>
    /// <param name="seed">Decides all of it.</param>
    /// <param name="decorate">Gets the machine and the journal.</param>
    public static SimulationResult Of(int seed, Func<SimulatedMachine, IJournal, IJournal> decorate)
    {
        using var run = new SimulationRun(seed, decorate);
        return run.ToResult(run.FindFailure());
    }

    public void Dispose()
    {
        _invariants.Dispose();
        _machine.Dispose();
    }

    private Exception? FindFailure()
    {
        try
        {
            Run();
            return null;
        }
        // Every exception that gets here is what the simulation looks for.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    private SimulationResult ToResult(Exception? failure) => new(
        _seed,
        failure is null ? null : string.Create(CultureInfo.InvariantCulture, $"seed {_seed}: {failure}\nThe last steps:\n{_machine.Trace.Tail}"),
        _machine.Trace.Hash,
        _machine.Trace.Count);

    private void Run()
    {
        var life = _machine.World.Do(LiveAsync);
        for (var steps = 0; !life.IsCompleted; steps++)
        {
            if (steps == MostSteps)
            {
                throw new InvariantViolation($"it goes on after {steps} steps");
            }

            Step();
            if ((_machine.Scheduler.Escape ?? _machine.Failure?.ToString()) is { } failure)
            {
                throw new InvariantViolation(failure);
            }

            _invariants.CheckStep();
        }

        if (life.Exception is { } failed)
        {
            throw new InvariantViolation(failed.GetBaseException().ToString());
        }
    }

    private void Step()
    {
        if (_isWild)
        {
            _chaos.Step();
            if (_random.Next(ReadPause) == 0)
            {
                _ = _invariants.Read(ModuleNames[_random.Next(ModuleNames.Length)]);
            }
        }

        if (!_machine.Scheduler.IsIdle)
        {
            _machine.Scheduler.Step();
        }
        else if (!_machine.Clock.TryJump())
        {
            throw new InvariantViolation("everybody waits, and nobody for the clock");
        }
    }

    private async Task LiveAsync()
    {
        _machine.Start();
        var requests = _random.Next(4, 16);
        var lives = Enumerable.Range(1, _random.Next(1, 5))
            .Select(number => new SimulatedClient(_machine, _invariants, ModuleNames, $"c{number}", _random.Next(), HasSchemas).RunAsync(requests))
            .Append(_editor.RunAsync(_random.Next(6)))
            .ToList();
        var watchers = Enumerable.Range(1, _random.Next(3)).Select(number => new SimulatedWatcher(_machine, _invariants, $"w{number}", _random.Next())).ToList();
        watchers.ForEach(watcher => _ = _machine.WatchAsync(watcher.RunAsync()));
        await Task.WhenAll(lives);

        _isWild = false;
        _machine.Trace.Add("nothing fails any more");
        _machine.Faults.Heal();
        _editor.MendAll();
        await QuietAsync();
        CheckEnd();
        watchers.ForEach(CheckHeard);

        await _machine.StopAsync(startsAgain: false);
        _machine.LoseSegments();
        _machine.Start();
        await QuietAsync();
        CheckEnd();
        watchers.ForEach(CheckHeard);
    }

    private void CheckHeard(SimulatedWatcher watcher)
    {
        foreach (var module in ModuleNames)
        {
            if (_invariants.Read(module) is { } view && watcher.Heard.GetValueOrDefault(module) != view.Revision)
            {
                throw new InvariantViolation($"{module} is at revision {view.Revision}, and a watcher has heard up to {watcher.Heard.GetValueOrDefault(module)}");
            }
        }
    }

    // Until every module runs and its text file holds all.
    private async Task QuietAsync()
    {
        var since = _machine.Clock.Now;
        for (var quietLooks = 0; quietLooks < QuietLooks;)
        {
            await Task.Delay(LookPause, _machine.Clock, CancellationToken.None);
            if (_machine.Node is not { IsServing: true } node)
            {
                continue;
            }

            var restless = node.Modules!.All.Select(actor => actor.Status).Where(status => !IsQuiet(status)).ToList();
            quietLooks = restless.Count == 0 ? quietLooks + 1 : 0;

            if (_machine.Clock.Now - since > LongestQuiet)
            {
                throw new InvariantViolation($"no rest after {LongestQuiet}: {string.Join(", ", restless)}");
            }

            node.Post(node.Modules.LookAtAllFiles);
        }
    }

    // A hand edit that does not fit is left alone and said to be.
    private static bool IsQuiet(ModuleStatus status) =>
        status.State == "running" && ((status.Written == status.Revision && status.Problem is null) || IsLeftAlone(status));

    private static bool IsLeftAlone(ModuleStatus status) => status.Problem is { } problem
        && (problem.Contains("has no room", StringComparison.Ordinal) || problem.Contains("the schema does not allow it", StringComparison.Ordinal));

    private void CheckEnd()
    {
        foreach (var status in _machine.Node!.Modules!.All.Select(actor => actor.Status))
        {
            CheckEnd(status.Module.Name, _invariants.History.Of(status.Module.Name), IsLeftAlone(status));
        }

        var used = _machine.Node.Modules.All.Sum(actor => actor.Memory!.AllocatedBytes);
        if (used != _machine.Node.Modules.Budget.Used)
        {
            throw new InvariantViolation($"the segments take {used} bytes, and {_machine.Node.Modules.Budget.Used} are counted");
        }
    }

    private void CheckEnd(string module, ModuleHistory history, bool isLeftAlone)
    {
        var view = _invariants.Read(module) ?? throw new InvariantViolation($"{module} has no segment");
        if (view.Revision != history.Last)
        {
            throw new InvariantViolation($"{module}: readers see revision {view.Revision}, and {history.Last} is durable");
        }

        if (isLeftAlone)
        {
            return;
        }

        var path = _machine.FilePath(module);
        var text = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (ContentAssert.Difference(view, UciPackage.Parse(module, text, UciReaderOptions.Default)) is { } difference)
        {
            throw new InvariantViolation($"{module}: the text file differs from revision {view.Revision}: {difference}");
        }

        var kept = Directory.Exists(_machine.Options.ConflictDirectory) ? Directory.GetFiles(_machine.Options.ConflictDirectory).Select(File.ReadAllText).ToList() : [];
        var lost = _editor.Edits.Where(edit => edit.Module == module && !history.HasHeld(edit.Text) && !kept.Exists(each => each.Contains(edit.Text, StringComparison.Ordinal))).ToList();
        if (lost.Count > 0)
        {
            throw new InvariantViolation($"{module}: hand edits are lost: {string.Join(", ", lost)}");
        }
    }
}
