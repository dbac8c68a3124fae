using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>What pages of other origins may do (CORS): nothing, unless a setting names their origin.</summary>
/// <remarks>
/// A browser sends a page's requests to any host. It hides the answer unless the host agrees, but what changes something has done so
/// by then; therefore such a request is refused here, whatever else vouches for the caller. Programs send no origin.
/// </remarks>
/// <param name="allowed">The origins that may, such as <c>https://studio.example</c>.</param>
internal sealed class ForeignPages(IReadOnlyList<string> allowed)
{
    private const string Methods = "GET, HEAD, PUT, PATCH, DELETE, POST";
    private const string RequestHeaders = "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID";
    private const string ResponseHeaders = "ETag, Link, Location, Retry-After, Idempotency-Replayed, Deprecation";

    /// <summary>Answers the question that browsers ask first, and refuses what a page of elsewhere may not do.</summary>
    public Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        string? origin = context.Request.Headers.Origin;
        if (string.IsNullOrEmpty(origin) || IsSameHost(origin, context.Request))
        {
            return next(context);
        }

        var isQuestion = HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.AccessControlRequestMethod.Count > 0;
        context.Response.Headers.Vary = "Origin";
        if (!allowed.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            return isQuestion || IsChanging(context.Request.Method)
                ? Answers.RefuseAsync(context, new Refusal(ErrorCode.Denied, "a page of another origin may not ask here; name its origin in cors_origins if it may"))
                : next(context);
        }

        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.AccessControlExposeHeaders = ResponseHeaders;
        if (!isQuestion)
        {
            return next(context);
        }

        context.Response.Headers.AccessControlAllowMethods = Methods;
        context.Response.Headers.AccessControlAllowHeaders = RequestHeaders;
        context.Response.Headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static bool IsChanging(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static bool IsSameHost(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Length > 0 && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
