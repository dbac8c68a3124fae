using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Watching;

/// <summary>Which web pages may watch. Pure.</summary>
/// <remarks>
/// A browser opens a WebSocket to any host for any page, and its same-origin rule does not hold there; so a page of elsewhere could watch
/// with what the browser holds of its user. Programs send no origin.
/// </remarks>
/// <param name="allowed">Origins besides the one of the host that is asked, such as <c>https://studio.example</c>; <c>*</c> is none.</param>
internal sealed class OriginPolicy(IReadOnlyList<string> allowed)
{
    /// <summary>Refuses a page of elsewhere.</summary>
    /// <exception cref="RefusedException"><see cref="ErrorCode.Denied"/>.</exception>
    public void Check(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin) && !IsAllowed(origin, request.Host.Value ?? ""))
        {
            throw new RefusedException(ErrorCode.Denied, $"a page of '{origin}' may not watch here; name its origin in cors_origins if it may");
        }
    }

    private bool IsAllowed(string origin, string host) =>
        allowed.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, host, StringComparison.OrdinalIgnoreCase) && page.Authority.Length > 0);
}
