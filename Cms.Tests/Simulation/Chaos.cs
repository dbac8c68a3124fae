namespace Cms.Tests.Simulation;

/// <summary>What happens to the machine at any step: kills, power cuts, stops, a full disk, a module that cannot be read.</summary>
internal sealed class Chaos
{
    private const int MostTroubles = 6;

    private readonly SimulatedMachine _machine;
    private readonly IReadOnlyList<string> _modules;
    private readonly Random _random;
    private readonly int _stepsBetween;
    private int _left;

    public Chaos(SimulatedMachine machine, IReadOnlyList<string> modules, int seed)
    {
        (_machine, _modules) = (machine, modules);
        _random = new Random(seed);
        _left = _random.Next(MostTroubles + 1);
        _stepsBetween = _random.Next(3) switch { 0 => 30, 1 => 150, _ => 600 };
    }

    /// <summary>Perhaps does something, before a step.</summary>
    public void Step()
    {
        if (_left == 0 || _random.Next(_stepsBetween) != 0)
        {
            return;
        }

        _left--;
        switch (_random.Next(9))
        {
            case 0 or 1:
                _machine.Kill();
                break;
            case 2:
                _machine.Kill();
                _machine.Trace.Add("the segments are lost");
                _machine.LoseSegments();
                break;
            case 3 or 4:
                _machine.CutPower();
                break;
            case 5:
                _ = _machine.World.Do(() => _machine.WatchAsync(_machine.StopAsync(startsAgain: true)));
                break;
            case 6:
                var shift = TimeSpan.FromSeconds(_random.Next(-100_000, 1_000));
                _machine.Trace.Add($"the wall clock is set by {shift}");
                _machine.Clock.SetWall(shift);
                break;
            case 7:
                _machine.Trace.Add("the disk is full");
                _machine.Faults.IsFull = true;
                Later(() => _machine.Faults.IsFull = false);
                break;
            default:
                var module = _modules[_random.Next(_modules.Count)];
                _machine.Trace.Add($"the rows of {module} are out of reach");
                _machine.Faults.BadModule = module;
                Later(() => _machine.Faults.BadModule = null);
                break;
        }
    }

    private void Later(Action end) => _machine.Clock.After(TimeSpan.FromMilliseconds(_random.Next(10, 60_000)), end);
}
