using Cms.Formats.Access;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>Who sends a request and what he may do, as the guard has found out before any endpoint runs.</summary>
internal static class CallerContext
{
    /// <summary>Who sends the request.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? throw new InvalidOperationException("a request has come past the guard");

    /// <summary>What he may do now; asked for anew by requests that go on.</summary>
    public static AccessScope Scope(this HttpContext context) =>
        (context.Features.Get<CallerScope>() ?? throw new InvalidOperationException("a request has come past the guard")).Current;

    /// <summary>Lets pass who may do requests about the node.</summary>
    /// <exception cref="RefusedException">He may not.</exception>
    public static void RequireNodeAdministrator(this HttpContext context)
    {
        if (!context.Scope().IsNodeAdministrator)
        {
            throw new RefusedException(ErrorCode.Denied, $"{context.Caller().Principal.Name} is no administrator of this node: a rule has to allow admin on '*'");
        }
    }
}
