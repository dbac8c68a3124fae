namespace Cms.Tests.Simulation;

/// <summary>Time that stands still while anything is ready to go on, and then jumps to the next timer.</summary>
/// <remarks>The monotonic clock only grows; the wall clock may be set, backwards too.</remarks>
internal sealed class SimulatedClock(SimulatedScheduler scheduler) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);

    // Ordered by due time, then by age, which makes the order a matter of the simulation alone.
    private readonly SortedSet<SimulatedTimer> _timers = new(Comparer<SimulatedTimer>.Create(
        (one, other) => (one.Due, one.Number).CompareTo((other.Due, other.Number))));

    private TimeSpan _wallShift;
    private long _lastNumber;

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + Now + _wallShift;

    /// <summary>Sets the wall clock forward or back; nothing but labels depends on it.</summary>
    public void SetWall(TimeSpan shift) => _wallShift += shift;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        scheduler.CheckThread("a timer was made");
        var timer = new SimulatedTimer(this, SynchronizationContext.Current as SimulatedContext, callback, state, ++_lastNumber);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Has something done later by the machine itself, whatever becomes of the process that asks.</summary>
    public void After(TimeSpan delay, Action action) =>
        new SimulatedTimer(this, null, _ => action(), null, ++_lastNumber).Change(delay, Timeout.InfiniteTimeSpan);

    /// <summary>Jumps to the next timer and lets every timer of that moment fire.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryJump()
    {
        if (_timers.Min is not { } first)
        {
            return false;
        }

        Now = first.Due;
        while (_timers.Min is { } timer && timer.Due == Now)
        {
            _timers.Remove(timer);
            timer.Fire();
        }

        return true;
    }

    /// <summary>Forgets the timers of a process that died.</summary>
    public void Drop(SimulatedContext context) => _timers.RemoveWhere(timer => timer.Owner == context);

    private sealed class SimulatedTimer(SimulatedClock clock, SimulatedContext? owner, TimerCallback callback, object? state, long number) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; private set; }

        public long Number => number;

        public SimulatedContext? Owner => owner;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._timers.Remove(this);
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan && owner is not { IsDead: true })
            {
                Due = clock.Now + dueTime;
                clock._timers.Add(this);
            }

            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            // A timer without a process belongs to the machine itself, as the completion of a disk's work does.
            if (owner is null)
            {
                callback(state);
            }
            else
            {
                owner.Post(each => callback(each), state);
            }
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
