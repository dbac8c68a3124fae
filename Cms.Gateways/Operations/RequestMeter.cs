using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Cms.Gateways.Operations;

/// <summary>Counts requests by operation and status, with how long they took, and refusals by code.</summary>
/// <remarks>
/// Any thread may call. The request path allocates nothing but at the first request of each operation and status. The numbers are
/// kept here; the instruments of the meter are fed only while somebody listens to them.
/// </remarks>
internal static class RequestMeter
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Cms.Requests";

    private const string NoOperation = "none";
    private const int LeastStatus = 100;
    private const int MostStatus = 599;
    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "cms.request.duration", "s", "How long requests took.", advice: new() { HistogramBucketBoundaries = LatencyHistogram.BoundsInSeconds });

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("cms.refusals", "{refusal}", "Refused requests, by code.");
    private static readonly ConcurrentDictionary<Endpoint, Operation> ByEndpoint = new(ReferenceEqualityComparer.Instance);
    private static readonly Operation None = new(NoOperation, goesOn: false);

    /// <summary>Every operation that was asked for, with each status that it answered.</summary>
    public static IEnumerable<(string Operation, string Status, LatencyHistogram Latencies)> All =>
        ByEndpoint.Values.Append(None).SelectMany(operation => operation.All, (operation, each) => (operation.Name, each.Status, each.Latencies));

    /// <summary>The moment from which a request is measured.</summary>
    public static long Start() => Stopwatch.GetTimestamp();

    /// <summary>Counts a request that is over.</summary>
    /// <param name="context">The request.</param>
    /// <param name="start">What <see cref="Start"/> returned when it came in.</param>
    public static void Count(HttpContext context, long start)
    {
        var elapsed = Stopwatch.GetTimestamp() - start;
        var operation = context.GetEndpoint() is { } endpoint ? ByEndpoint.GetOrAdd(endpoint, static each => new Operation(NameOf(each), each.Metadata.GetMetadata<Http.Catalogue.Operation>() is { IsStream: true })) : None;
        var status = Math.Clamp(context.Response.StatusCode, LeastStatus, MostStatus);
        if (operation.IsLeftOut(status))
        {
            return;
        }

        operation.Of(status).Add(elapsed);
        if (Duration.Enabled)
        {
            Tell(context, operation.Name, status, (double)elapsed / Stopwatch.Frequency);
        }
    }

    /// <summary>Counts a refusal.</summary>
    /// <param name="code">Its stable name.</param>
    public static void CountRefusal(string code) => Refusals.Add(1, new KeyValuePair<string, object?>("code", code));

    private static void Tell(HttpContext context, string operation, int status, double seconds)
    {
        Duration.Record(seconds, new("operation", operation), new("status", StatusText(status)));
        if (context.Features.Get<IHttpActivityFeature>() is { Activity: { IsAllDataRequested: true } activity })
        {
            activity.DisplayName = operation;
            activity.SetTag("http.request.method", context.Request.Method);
            activity.SetTag("http.response.status_code", status);
            activity.SetStatus(status >= StatusCodes.Status500InternalServerError ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }
    }

    private static string StatusText(int status) => status.ToString(CultureInfo.InvariantCulture);

    // As the documents write it: the method and the path with its places. What is not in the catalogue is one operation, whatever was
    // asked for, so that nobody makes series at will.
    private static string NameOf(Endpoint endpoint)
    {
        var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods;
        return endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern } && method is [var only, ..] ? $"{only} {pattern}" : NoOperation;
    }

    private sealed class Operation(string name, bool goesOn)
    {
        private readonly LatencyHistogram?[] _byStatus = new LatencyHistogram?[MostStatus - LeastStatus + 1];

        public string Name => name;

        // How long a watch was open says nothing of how soon requests are answered; watches are counted by themselves.
        public bool IsLeftOut(int status) => goesOn && status < StatusCodes.Status300MultipleChoices;

        public IEnumerable<(string Status, LatencyHistogram Latencies)> All =>
            _byStatus.SelectMany((latencies, index) => latencies is null ? Array.Empty<(string, LatencyHistogram)>() : [(StatusText(index + LeastStatus), latencies)]);

        public LatencyHistogram Of(int status)
        {
            ref var place = ref _byStatus[status - LeastStatus];
            return Volatile.Read(ref place) ?? Interlocked.CompareExchange(ref place, new LatencyHistogram(), null) ?? place;
        }
    }
}
