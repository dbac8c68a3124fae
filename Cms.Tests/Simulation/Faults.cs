namespace Cms.Tests.Simulation;

/// <summary>Which faults the disk has, and how often: drawn from the seed, until the simulation heals.</summary>
internal sealed class Faults
{
    private readonly Random _random;
    private readonly double _flushErrorShare;
    private readonly double _lostAnswerShare;
    private readonly double _slowShare;
    private readonly double _readErrorShare;
    private readonly HashSet<string> _badModules = [];
    private bool _areOver;
    private bool _isFull;
    private string? _badModule;

    public Faults(int seed)
    {
        _random = new Random(seed);
        _flushErrorShare = Rate(0.04);
        _lostAnswerShare = Rate(0.04);
        _slowShare = Rate(0.1);
        _readErrorShare = Rate(0.02);
        IsCalm = _flushErrorShare + _lostAnswerShare + _slowShare + _readErrorShare == 0;
    }

    /// <summary>Whether the disk does what it is asked, and soon, save for the module that is out of reach.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>Whether writes find no space.</summary>
    public bool IsFull
    {
        get => _isFull && !_areOver;
        set => (_isFull, IsCalm) = (value, false);
    }

    /// <summary>The module whose rows can be neither read nor written, or null.</summary>
    public string? BadModule
    {
        get => _areOver ? null : _badModule;
        set
        {
            _badModule = value;
            if (value is not null)
            {
                _badModules.Add(value);
            }
        }
    }

    /// <summary>Whether a module's rows were ever out of reach.</summary>
    public bool WasBad(string module) => _badModules.Contains(module);

    /// <summary>From now on nothing fails any more.</summary>
    public void Heal() => _areOver = true;

    /// <summary>Whether the next flush fails; any part of what was to be flushed may be durable then.</summary>
    public bool NextFlushFails() => !_areOver && Draw(_flushErrorShare);

    /// <summary>Whether an append that is durable is answered with an error.</summary>
    public bool NextAnswerIsLost() => !_areOver && Draw(_lostAnswerShare);

    /// <summary>How long the next flush takes.</summary>
    public TimeSpan NextLatency() => TimeSpan.FromMicroseconds(!_areOver && Draw(_slowShare) ? _random.Next(10_000, 3_000_000) : _random.Next(50, 3_000));

    /// <summary>Whether the next read fails.</summary>
    public bool NextReadFails() => !_areOver && Draw(_readErrorShare);

    /// <summary>Whether a sector that was written and not flushed is there after a power cut.</summary>
    public bool NextSectorSurvives() => _random.Next(2) == 0;

    /// <summary>How much of an unfinished write is there after its process was killed.</summary>
    public int NextTornSize(int size) => _random.Next(3) == 0 ? _random.Next(size + 1) : size;

    // Most simulations have no fault of a kind, so that each is also seen by itself.
    private double Rate(double most) => _random.Next(3) == 0 ? _random.NextDouble() * most : 0;

    private bool Draw(double share) => share > 0 && _random.NextDouble() < share;
}
