using System.Net;
using Cms.Actors;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Operations;

/// <summary>What those who run the node ask it: whether it lives, whether it is ready, and its numbers.</summary>
/// <remarks>
/// Whether it lives and is ready is told to everybody, and nothing else with it. The numbers say how busy the node is and what is
/// asked of it, so they are told to administrators, and to everybody on this machine only where a setting says so.
/// </remarks>
internal sealed class OperationsEndpoints : IDisposable
{
    private const string MetricsPath = "/metrics";
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

    /// <summary>Answers what is answered to callers whom nobody vouches for, and hands on all else.</summary>
    public Task AnswerOpenAsync(HttpContext context, RequestDelegate next) => context.Request.Path.Value switch
    {
        "/health/live" when IsReading(context) => TellAsync(context, IsLive, "live", "hanging"),
        "/health/ready" when IsReading(context) => TellAsync(context, IsReady, "ready", "not ready"),
        MetricsPath when IsReading(context) && _node.Options.Door.IsMetricsOpen && IsLocal(context) => MetricsAsync(context),
        _ => next(context),
    };

    /// <summary>The numbers, as Prometheus reads them.</summary>
    public Task MetricsAsync(HttpContext context)
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
