namespace Cms.Tests.Confirmations;

/// <summary>The system's clock, whose wall time jumps as the test says.</summary>
internal sealed class JumpingClock : TimeProvider
{
    /// <summary>How far the wall time is off.</summary>
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
}
