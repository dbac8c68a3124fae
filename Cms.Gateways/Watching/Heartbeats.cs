namespace Cms.Gateways.Watching;

/// <summary>Tells each of many members when its time has come, by one timer for all of them.</summary>
/// <remarks>Any thread may call. Members are told by the timer's thread, some milliseconds late. Without members nothing wakes up.</remarks>
/// <param name="clock">The time.</param>
internal sealed class Heartbeats(TimeProvider clock) : IDisposable
{
    /// <summary>Those whose time comes within this are told together.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();

    // The members of each grain of time, and the grains in order.
    private readonly Dictionary<long, HashSet<Seat>> _grains = [];
    private readonly PriorityQueue<long, long> _order = new();
    private readonly long _begun = clock.GetTimestamp();
    private ITimer? _timer;
    private long? _armed;
    private bool _isOver;

    /// <summary>Has a member told from now on.</summary>
    /// <param name="member">Who.</param>
    /// <param name="first">How long until the first time.</param>
    /// <returns>Ends it when disposed.</returns>
    public Seat Enter(IBeating member, TimeSpan first)
    {
        var seat = new Seat(this, member);
        lock (_lock)
        {
            Place(seat, first);
        }

        return seat;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private long Now => clock.GetElapsedTime(_begun).Ticks / Grain.Ticks;

    private void Place(Seat seat, TimeSpan delay)
    {
        var grain = Now + 1 + (delay.Ticks / Grain.Ticks);
        if (!_grains.TryGetValue(grain, out var members))
        {
            _grains.Add(grain, members = []);
            _order.Enqueue(grain, grain);
        }

        members.Add(seat);
        seat.Grain = grain;
        Arm();
    }

    private void Remove(Seat seat)
    {
        lock (_lock)
        {
            seat.IsOver = true;
            if (seat.Grain is { } grain && _grains.TryGetValue(grain, out var members))
            {
                members.Remove(seat);
            }
        }
    }

    private void Move(Seat seat, TimeSpan delay)
    {
        lock (_lock)
        {
            if (!seat.IsOver && seat.Grain is { } grain && _grains.TryGetValue(grain, out var members) && members.Remove(seat))
            {
                Place(seat, delay);
            }
        }
    }

    private void Arm()
    {
        if (_isOver || !_order.TryPeek(out var next, out _) || _armed <= next)
        {
            return;
        }

        _armed = next;
        var wait = TimeSpan.FromTicks(Math.Max(0, (next - Now) * Grain.Ticks));
        _timer ??= clock.CreateTimer(static state => ((Heartbeats)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        var due = TakeDue();
        foreach (var seat in due)
        {
            var next = seat.Member.Beat();
            lock (_lock)
            {
                if (!seat.IsOver)
                {
                    Place(seat, next);
                }
            }
        }

        lock (_lock)
        {
            Arm();
        }
    }

    private List<Seat> TakeDue()
    {
        var due = new List<Seat>();
        lock (_lock)
        {
            _armed = null;
            while (_order.TryPeek(out var grain, out _) && grain <= Now)
            {
                _order.Dequeue();
                if (_grains.Remove(grain, out var members))
                {
                    due.AddRange(members);
                }
            }

            due.ForEach(seat => seat.Grain = null);
        }

        return due;
    }

    /// <summary>A member's place.</summary>
    internal sealed class Seat(Heartbeats heartbeats, IBeating member) : IDisposable
    {
        /// <summary>Who.</summary>
        public IBeating Member { get; } = member;

        /// <summary>When it is told; null while it is being told. Guarded by the lock of the heartbeats.</summary>
        internal long? Grain { get; set; }

        /// <summary>Whether it has left. Guarded by the lock of the heartbeats.</summary>
        internal bool IsOver { get; set; }

        /// <summary>Has the member told sooner or later than it said.</summary>
        /// <param name="delay">How long from now.</param>
        public void Hasten(TimeSpan delay) => heartbeats.Move(this, delay);

        /// <summary>Ends it; the member may be told once more.</summary>
        public void Dispose() => heartbeats.Remove(this);
    }
}
