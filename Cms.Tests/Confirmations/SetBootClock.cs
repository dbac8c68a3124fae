using Cms.Formats.Mapping;

namespace Cms.Tests.Confirmations;

/// <summary>A boot clock that stands still until it is set.</summary>
internal sealed class SetBootClock : IBootClock
{
    private long _ticks = TimeSpan.FromHours(1).Ticks;

    public string BootId { get; private set; } = "first";

    public TimeSpan Now => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public void Reboot()
    {
        BootId += " again";
        Interlocked.Exchange(ref _ticks, 0);
    }
}
