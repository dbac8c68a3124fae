using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace Cms.Tests.Operations;

/// <summary>A collector of OpenTelemetry for one test: takes what is sent to it by OTLP over HTTP, and takes it apart.</summary>
/// <remarks>The numbers of the fields are those of opentelemetry-proto: trace.proto, metrics.proto, common.proto.</remarks>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<string> _arrived = Channel.CreateUnbounded<string>();
    private readonly Task _loop;

    public OtlpCollector(int port)
    {
        Endpoint = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _loop = ListenAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Endpoint { get; }

    /// <summary>What came, by the path that it came to.</summary>
    public ChannelReader<string> Arrived => _arrived.Reader;

    /// <summary>The spans.</summary>
    public ConcurrentQueue<CollectedSpan> Spans { get; } = new();

    /// <summary>The names of numbers, with how many points of them came.</summary>
    public ConcurrentDictionary<string, int> Metrics { get; } = new();

    /// <summary>What the sender says of itself.</summary>
    public ConcurrentDictionary<string, string> Resource { get; } = new();

    /// <summary>The header <c>Authorization</c> of the last request.</summary>
    public string? Authorization { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                await TakeAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            _arrived.Writer.Complete();
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        Authorization = context.Request.Headers["Authorization"];
        var isTraces = context.Request.Url!.AbsolutePath == "/v1/traces";
        foreach (var resource in new WireMessage(body.ToArray()).Messages(1))
        {
            ReadAttributes(resource.Messages(1).Single().Messages(1)).ForEach(each => Resource[each.Key] = each.Value);
            foreach (var scope in resource.Messages(2))
            {
                Read(scope, isTraces);
            }
        }

        context.Response.ContentType = "application/x-protobuf";
        context.Response.Close();
        await _arrived.Writer.WriteAsync(context.Request.Url.AbsolutePath);
    }

    private void Read(WireMessage scope, bool isTraces)
    {
        foreach (var each in scope.Messages(2))
        {
            if (isTraces)
            {
                Spans.Enqueue(new CollectedSpan(
                    Convert.ToHexStringLower(each.Bytes(1)), Convert.ToHexStringLower(each.Bytes(4)), each.Text(5), ReadAttributes(each.Messages(9)).ToDictionary()));
            }
            else
            {
                // A gauge, a sum, a histogram: each holds its points in its first field.
                var points = new[] { 5, 7, 9 }.Where(each.Has).Sum(kind => each.Messages(kind).Single().Messages(1).Count());
                Metrics.AddOrUpdate(each.Text(1), points, (_, before) => before + points);
            }
        }
    }

    // A value is a text, a truth, or a number.
    private static List<KeyValuePair<string, string>> ReadAttributes(IEnumerable<WireMessage> attributes) =>
        [.. attributes.Select(each => KeyValuePair.Create(each.Text(1), each.Messages(2).Single() is var value && value.Has(1) ? value.Text(1) : $"{value.Number(value.Has(3) ? 3 : 2)}"))];
}

/// <summary>A span as it came.</summary>
/// <param name="TraceId">Of the trace it is part of.</param>
/// <param name="ParentId">Of the span it is part of; empty when it is part of none.</param>
/// <param name="Name">What was done.</param>
/// <param name="Attributes">More about it.</param>
internal sealed record CollectedSpan(string TraceId, string ParentId, string Name, IReadOnlyDictionary<string, string> Attributes);
