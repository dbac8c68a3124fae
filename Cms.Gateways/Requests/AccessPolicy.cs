using Cms.Formats.Refusals;

namespace Cms.Gateways.Requests;

/// <summary>Who may use the node. Pure.</summary>
/// <remarks>Until there are rules, administrators only: uid 0 and the uid that the daemon runs under.</remarks>
public static class AccessPolicy
{
    /// <summary>Why a caller is turned away, or null.</summary>
    /// <param name="caller">Null when the operating system did not vouch for anybody.</param>
    /// <param name="daemonUserId">The uid that the daemon runs under.</param>
    public static Refusal? Check(Caller? caller, uint daemonUserId) =>
        caller is not null && (caller.UserId == 0 || caller.UserId == daemonUserId)
            ? null
            : new Refusal(
                ErrorCode.Denied,
                $"{caller?.Principal ?? "an unknown caller"} may not use this node; only uid 0 and uid {daemonUserId} may: use sudo");
}
