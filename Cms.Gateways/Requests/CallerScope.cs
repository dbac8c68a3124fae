using Cms.Actors.Access;
using Cms.Formats.Access;

namespace Cms.Gateways.Requests;

/// <summary>What the caller of a request may do, by the rules of this moment: requests that take long ask again and again.</summary>
internal sealed class CallerScope(AccessDirectory access, Principal principal)
{
    /// <summary>What he may do now.</summary>
    public AccessScope Current => access.ScopeOf(principal);
}
