using Cms.Gateways.Watching;
using Xunit;

namespace Cms.Tests.Watching;

/// <summary>The one timer for many signs of life, by a clock that the test moves.</summary>
public sealed class HeartbeatsTests
{
    [Fact]
    public void Each_member_is_told_when_its_time_has_come()
    {
        var clock = new SteppedClock();
        using var heartbeats = new Heartbeats(clock);
        var (often, seldom) = (new Member(100), new Member(1000));
        using var first = heartbeats.Enter(often, TimeSpan.FromMilliseconds(100));
        using var second = heartbeats.Enter(seldom, TimeSpan.FromMilliseconds(1000));
        clock.Step(TimeSpan.FromMilliseconds(99));
        Assert.Equal((0, 0), (often.Count, seldom.Count));
        for (var step = 0; step < 100; step++)
        {
            clock.Step(TimeSpan.FromMilliseconds(50));
        }

        // Late by the grain at the most: 5 seconds are 34 to 51 times 100 ms and 4 to 5 times 1 s.
        Assert.InRange(often.Count, 33, 51);
        Assert.InRange(seldom.Count, 4, 5);
    }

    [Fact]
    public void Without_members_nothing_wakes_up()
    {
        var clock = new SteppedClock();
        using var heartbeats = new Heartbeats(clock);
        var member = new Member(100);
        heartbeats.Enter(member, TimeSpan.FromMilliseconds(100)).Dispose();
        clock.Step(TimeSpan.FromSeconds(1));
        var wakes = clock.Wakes;
        clock.Step(TimeSpan.FromHours(1));
        Assert.Equal((0, wakes), (member.Count, clock.Wakes));
    }

    [Fact]
    public void Many_members_of_one_time_are_told_by_one_wake()
    {
        var clock = new SteppedClock();
        using var heartbeats = new Heartbeats(clock);
        var members = Enumerable.Range(0, 10_000).Select(_ => new Member(15_000)).ToList();
        var seats = members.ConvertAll(member => heartbeats.Enter(member, TimeSpan.FromSeconds(15)));
        clock.Step(TimeSpan.FromSeconds(15.1));
        Assert.All(members, member => Assert.Equal(1, member.Count));
        Assert.Equal(1, clock.Wakes);
        seats.ForEach(seat => seat.Dispose());
    }

    private sealed class Member(int milliseconds) : IBeating
    {
        public int Count { get; private set; }

        public TimeSpan Beat()
        {
            Count++;
            return TimeSpan.FromMilliseconds(milliseconds);
        }
    }

    // One thread: timers tick within a step.
    private sealed class SteppedClock : TimeProvider
    {
        private readonly List<SteppedTimer> _timers = [];
        private TimeSpan _now;

        public int Wakes { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SteppedTimer(this, () => callback(state));
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }

        public void Step(TimeSpan time)
        {
            _now += time;
            foreach (var timer in _timers.Where(timer => timer.Due <= _now).ToList())
            {
                Wakes++;
                timer.Tick();
            }
        }

        private sealed class SteppedTimer(SteppedClock clock, Action tick) : ITimer
        {
            public TimeSpan? Due { get; private set; }

            public void Tick()
            {
                Due = null;
                tick();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                return true;
            }

            public void Dispose() => Due = null;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
