namespace Cms.Formats.Mapping;

/// <summary>The boot clock of this machine: <c>CLOCK_BOOTTIME</c> of clock_gettime(2).</summary>
public sealed class BootClock : IBootClock
{
    /// <summary>The one instance; safe for any thread.</summary>
    public static readonly BootClock Instance = new();

    private const string BootIdSource = "/proc/sys/kernel/random/boot_id";

    private BootClock()
    {
    }

    /// <inheritdoc/>
    public string BootId { get; } = File.ReadAllText(BootIdSource).Trim();

    /// <inheritdoc/>
    public TimeSpan Now => LibC.TimeSinceBoot();
}
