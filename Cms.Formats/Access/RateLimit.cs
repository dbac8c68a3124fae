namespace Cms.Formats.Access;

/// <summary>How fast somebody may ask.</summary>
/// <param name="PerSecond">Requests a second in the long run, 0 to 1,000,000; 0 for as fast as he likes.</param>
/// <param name="Burst">How many he may send at once after a pause, 1 to 1,000,000,000.</param>
public readonly record struct RateLimit(int PerSecond, long Burst)
{
    /// <summary>No bound.</summary>
    public static readonly RateLimit None = new(0, 1);

    /// <summary>Whether there is a bound.</summary>
    public bool IsBound => PerSecond > 0;
}
