using Cms.Formats.Access;

namespace Cms.Gateways.Requests;

/// <summary>Who sends a request, as authentication found out.</summary>
/// <param name="Principal">Who he is; kept for the connection or the session, so that his rights are found once.</param>
/// <param name="Gateway">By which way he comes, as commits keep it: <c>unix cms[4242]</c>.</param>
public sealed record Caller(Principal Principal, string Gateway)
{
    /// <summary>His process id when he connected; null when he is not on this machine.</summary>
    public int? ProcessId { get; init; }

    /// <summary>What he has shown for himself; null when his connection vouches for him.</summary>
    internal ICallerProof? Proof { get; init; }
}
