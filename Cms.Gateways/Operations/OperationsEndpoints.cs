using System.Diagnostics.Metrics;
using System.Net;
using Cms.Actors;
using Cms.Formats.Access;
using Cms.Formats.Mapping;
using Cms.Formats.Refusals;
using Cms.Gateways.Http;
using Cms.Gateways.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Operations;

/// <summary>What those who run the node ask it: whether it lives, whether it is ready, and its numbers.</summary>
/// <remarks>
/// Whether it lives and is ready is told to everybody, and nothing else with it. The numbers say how busy the node is and what is
/// asked of it, so they are told to whom a rule says, and to everybody on this machine only where a setting says so.
/// </remarks>
internal sealed class OperationsEndpoints : IDisposable
{
    private const string MetricsPath = "/metrics";

    // What it would be called if the numbers were configuration; rules name it.
    private static readonly AccessPath MetricsRight = AccessPath.OfSection("cms", "metrics", "metrics");
    private readonly Node _node;
    private readonly CancellationToken _stopping;
    private readonly NodeMeter _meter;
    private readonly MeterCollector _collector;

    /// <param name="node">The node.</param>
    /// <param name="stopping">The daemon stops.</param>
    public OperationsEndpoints(Node node, CancellationToken stopping)
    {
        (_node, _stopping, _meter) = (node, stopping, new NodeMeter(node));
        _collector = new MeterCollector(_meter.Meter);
    }

    /// <summary>Puts in front of the guard what comes before anybody is asked who he is: limits by address, and what everybody is told.</summary>
    /// <returns>The limits by principal, which the guard asks; and the meter of the node, for numbers of what comes behind it.</returns>
    public static (RequestLimits Limits, Meter Numbers) UseBeforeGuard(WebApplication app, Node node)
    {
        var limits = new RequestLimits(node, BootClock.Instance);
        var operations = new OperationsEndpoints(node, app.Lifetime.ApplicationStopping);
        app.Lifetime.ApplicationStopped.Register(operations.Dispose);
        app.Use(limits.GuardUnknownAsync);
        app.Use(operations.AnswerOpenAsync);
        FilteredByAccess.On(app.MapGet(MetricsPath, operations.MetricsAsync));
        return (limits, operations._meter.Meter);
    }

    /// <summary>Answers what is answered to callers whom nobody vouches for, and hands on all else.</summary>
    public Task AnswerOpenAsync(HttpContext context, RequestDelegate next) => context.Request.Path.Value switch
    {
        "/health/live" when IsReading(context) => TellAsync(context, IsLive, "live", "hanging"),
        "/health/ready" when IsReading(context) => TellAsync(context, IsReady, "ready", "not ready"),
        MetricsPath when IsReading(context) && _node.Options.Door.IsMetricsOpen && IsLocal(context) => TellNumbersAsync(context),
        _ => next(context),
    };

    /// <summary>The numbers, as Prometheus reads them.</summary>
    /// <exception cref="RefusedException">The caller may not read them.</exception>
    public Task MetricsAsync(HttpContext context) => context.Scope().Allows(AccessAction.Read, MetricsRight)
        ? TellNumbersAsync(context)
        : throw new RefusedException(ErrorCode.Denied, $"{context.Caller().Principal.Name} may not read the numbers: a rule has to allow read on {MetricsRight}");

    private Task TellNumbersAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(PrometheusText.Write(_collector.Read(), RequestMeter.All), context.RequestAborted);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    // As the watchdog of the service manager has it: a module whose disk hangs is mended by a restart, one that is refused is not.
    private bool IsLive => _node.Modules.All.All(module => module.IsResponsive);

    private bool IsReady => !_stopping.IsCancellationRequested && IsLive && _node.Modules.All.All(module => module.Status.State == "running");

    private static bool IsReading(HttpContext context) => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);

    // A request that a proxy on this machine hands on came from elsewhere.
    private static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    private static Task TellAsync(HttpContext context, bool isSo, string yes, string no)
    {
        context.Response.StatusCode = isSo ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync((isSo ? yes : no) + "\n", context.RequestAborted);
    }
}
