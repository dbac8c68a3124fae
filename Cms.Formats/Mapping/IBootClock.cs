namespace Cms.Formats.Mapping;

/// <summary>Time since the machine was started, which nobody sets and which goes on while the machine sleeps.</summary>
/// <remarks>Any thread may ask.</remarks>
public interface IBootClock
{
    /// <summary>Names this start of the machine; times of two starts cannot be compared.</summary>
    string BootId { get; }

    /// <summary>The time since the start.</summary>
    TimeSpan Now { get; }
}
