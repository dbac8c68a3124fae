namespace Cms.Tests.Simulation;

/// <summary>Where a simulated process runs: what was begun in it goes on in it, until it is killed.</summary>
internal sealed class SimulatedContext(SimulatedScheduler scheduler, string name) : SynchronizationContext
{
    /// <summary>How traces call the process.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it was killed; nothing of it goes on then.</summary>
    public bool IsDead { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!IsDead)
        {
            scheduler.Add(this, d, state);
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        scheduler.CheckThread("something was sent");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        IsDead = true;
        scheduler.Drop(this);
    }

    /// <summary>Begins something in the process, now.</summary>
    public T Do<T>(Func<T> begin)
    {
        T? begun = default;
        Run(() => begun = begin());
        return begun!;
    }

    /// <summary>Does something in the process, now.</summary>
    public void Run(Action action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}
