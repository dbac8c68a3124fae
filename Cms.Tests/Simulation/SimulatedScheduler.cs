namespace Cms.Tests.Simulation;

/// <summary>Runs everything of a simulation on one thread, in an order that a seed decides.</summary>
/// <remarks>
/// Invariant: what goes on does so by a step of this scheduler. Whatever arrives from another thread has escaped, which would
/// make the order depend on the machine; it is noted and ends the simulation.
/// </remarks>
internal sealed class SimulatedScheduler
{
    private readonly Random _random;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Ready> _ready = [];
    private readonly Lock _lock = new();
    private readonly Taste _taste;
    private volatile string? _escape;

    public SimulatedScheduler(int seed)
    {
        _random = new Random(seed);
        _taste = (Taste)_random.Next(4);
    }

    private enum Taste
    {
        Any,
        OldestFirst,
        NewestFirst,
        MostlyOldest,
    }

    /// <summary>What came from outside of the scheduler, or null.</summary>
    public string? Escape => _escape;

    /// <summary>Whether nothing is ready to go on.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count == 0;
            }
        }
    }

    /// <summary>Notes when the calling thread is not that of the simulation.</summary>
    public void CheckThread(string what)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _escape ??= $"{what} from another thread: {Environment.StackTrace}";
        }
    }

    /// <summary>Makes something ready to go on.</summary>
    public void Add(SimulatedContext context, SendOrPostCallback callback, object? state)
    {
        CheckThread("something went on");
        lock (_lock)
        {
            _ready.Add(new Ready(context, callback, state));
        }
    }

    /// <summary>Forgets what waits in a context that died.</summary>
    public void Drop(SimulatedContext context)
    {
        lock (_lock)
        {
            _ready.RemoveAll(ready => ready.Context == context);
        }
    }

    /// <summary>Lets one of those that are ready go on until it waits again.</summary>
    public void Step()
    {
        Ready next;
        lock (_lock)
        {
            var index = Choose();
            next = _ready[index];
            _ready.RemoveAt(index);
        }

        next.Context.Run(() => next.Callback(next.State));
    }

    private int Choose() => _taste switch
    {
        Taste.OldestFirst => 0,
        Taste.NewestFirst when _random.Next(8) != 0 => _ready.Count - 1,
        Taste.MostlyOldest when _random.Next(8) != 0 => 0,
        _ => _random.Next(_ready.Count),
    };

    private readonly record struct Ready(SimulatedContext Context, SendOrPostCallback Callback, object? State);
}
