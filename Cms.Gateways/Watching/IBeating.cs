namespace Cms.Gateways.Watching;

/// <summary>What does something now and then; see <see cref="Heartbeats"/>.</summary>
internal interface IBeating
{
    /// <summary>It is time. Returns at once: what takes longer is handed over.</summary>
    /// <returns>How long until the next time.</returns>
    TimeSpan Beat();
}
