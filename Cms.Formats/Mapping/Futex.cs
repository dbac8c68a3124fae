namespace Cms.Formats.Mapping;

/// <summary>Waiting for another process to change a 32-bit word of a shared mapping.</summary>
internal static class Futex
{
    private const long NanosecondsInTick = 100;

    /// <summary>Waits while the word still holds <paramref name="expected"/>; may return early for no reason.</summary>
    /// <param name="region">The mapping, which may be read-only.</param>
    /// <param name="offset">Bytes from its start to the word; a multiple of 8.</param>
    /// <param name="expected">What the caller last read there.</param>
    /// <param name="timeout">The longest wait; zero or more.</param>
    public static unsafe void Wait(MappedRegion region, long offset, uint expected, TimeSpan timeout)
    {
        var limit = new MemoryCalls.TimeSpec
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * NanosecondsInTick,
        };
        _ = MemoryCalls.Futex(MemoryCalls.FutexNumber, region.WordAt(offset), MemoryCalls.FutexWait, expected, &limit, 0, 0);
    }

    /// <summary>Wakes everybody who waits at the word, in any process.</summary>
    public static unsafe void WakeAll(MappedRegion region, long offset) =>
        _ = MemoryCalls.Futex(MemoryCalls.FutexNumber, region.WordAt(offset), MemoryCalls.FutexWake, int.MaxValue, null, 0, 0);
}
