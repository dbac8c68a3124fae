using Cms.Formats.Mapping;

namespace Cms.Gateways.Authentication;

/// <summary>The clocks of authentication: what this node counts is counted by the boot clock, what others write is compared with the wall clock.</summary>
/// <param name="Boot">For sessions, waits and the age of keys.</param>
/// <param name="Wall">For the ends of keys and tokens.</param>
internal sealed record AuthenticationClocks(IBootClock Boot, TimeProvider Wall);
