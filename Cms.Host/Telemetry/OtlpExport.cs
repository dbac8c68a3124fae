using System.Runtime.CompilerServices;
using Cms.Actors;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Cms.Host.Telemetry;

/// <summary>Sends traces and numbers to a collector of OpenTelemetry, by OTLP over HTTP.</summary>
/// <remarks>The one place that knows the packages for it; they are not even loaded while no collector is set.</remarks>
internal sealed class OtlpExport : IDisposable
{
    private const string OwnSources = "Cms.*";
    private const string RequestSource = "Microsoft.AspNetCore";
    private const string RuntimeMeter = "System.Runtime";
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport(TelemetryOptions options, string instance)
    {
        var headers = HeaderFile.Read(options.HeadersFile);
        var resource = ResourceBuilder.CreateEmpty().AddEnvironmentVariableDetector().AddService(
            "cmsd", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version!.ToString(3), serviceInstanceId: instance);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SamplePercent / 100.0)))
            .AddSource(RequestSource, OwnSources)
            .AddOtlpExporter(exporter => Direct(exporter, options, "v1/traces", headers))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(OwnSources, RuntimeMeter)
            .AddOtlpExporter((exporter, reader) =>
            {
                Direct(exporter, options, "v1/metrics", headers);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = options.Seconds * 1000;
            })
            .Build();
    }

    /// <summary>Begins to send, when a collector is set.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="instance">Tells this node from others.</param>
    /// <returns>Sends what is left when it is disposed; null when nothing is sent.</returns>
    /// <exception cref="NodeStartException">The file of headers cannot be read.</exception>
    public static IDisposable? Start(TelemetryOptions options, string instance) => options.Endpoint is null ? null : Create(options, instance);

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    // Compiled when it is called, which loads the packages.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Create(TelemetryOptions options, string instance) => new(options, instance);

    private static void Direct(OtlpExporterOptions exporter, TelemetryOptions options, string path, string? headers)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri($"{options.Endpoint!.AbsoluteUri.TrimEnd('/')}/{path}");
        exporter.Headers = headers;
    }
}
