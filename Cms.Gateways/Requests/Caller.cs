namespace Cms.Gateways.Requests;

/// <summary>Who sends a request, as the operating system vouches for it.</summary>
/// <param name="UserId">The Unix uid of the peer.</param>
/// <param name="ProcessId">Its process id when it connected.</param>
public sealed record Caller(uint UserId, int ProcessId)
{
    /// <summary>How commits name the caller.</summary>
    public string Principal => $"uid:{UserId}";
}
