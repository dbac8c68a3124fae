namespace Cms.Gateways.Authentication.Sessions;

/// <summary>How long a session lasts.</summary>
/// <param name="Idle">Without being used.</param>
/// <param name="Longest">However much it is used.</param>
internal sealed record SessionLimits(TimeSpan Idle, TimeSpan Longest);
