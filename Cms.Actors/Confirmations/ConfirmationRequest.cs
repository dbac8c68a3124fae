namespace Cms.Actors.Confirmations;

/// <summary>How a commit wants to be confirmed.</summary>
/// <param name="Seconds">How long it waits, 1 to <see cref="LongestSeconds"/>.</param>
/// <param name="Probe">A command or URL whose success confirms, see <see cref="ConfirmationProbe"/>; null for none.</param>
public sealed record ConfirmationRequest(int Seconds, string? Probe)
{
    /// <summary>The longest that a commit waits for its confirmation: 30 days.</summary>
    public const int LongestSeconds = 30 * 24 * 3600;
}
