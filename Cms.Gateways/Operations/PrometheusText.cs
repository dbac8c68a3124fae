using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Cms.Gateways.Operations;

/// <summary>Writes numbers as Prometheus reads them: its text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>What the text is, for the answer's header.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>All that was gathered.</summary>
    /// <param name="series">Of the meters.</param>
    /// <param name="requests">By operation and status.</param>
    public static string Write(IEnumerable<MeterSeries> series, IEnumerable<(string Operation, string Status, LatencyHistogram Latencies)> requests)
    {
        var text = new StringBuilder();
        foreach (var each in series)
        {
            var samples = each.All.ToList();
            if (samples.Count == 0)
            {
                continue;
            }

            var name = NameOf(each.Instrument, each.Kind);
            WriteHead(text, name, each.Instrument.Description ?? "", each.Kind);
            foreach (var (labels, value, latencies) in samples)
            {
                if (latencies is null)
                {
                    WriteSample(text, name, labels, value);
                }
                else
                {
                    WriteHistogram(text, name, labels, latencies);
                }
            }
        }

        const string Requests = "cms_request_duration_seconds";
        WriteHead(text, Requests, "How long requests took, by operation and status; without watches.", "histogram");
        foreach (var (operation, status, latencies) in requests)
        {
            WriteHistogram(text, Requests, [new("operation", operation), new("status", status)], latencies);
        }

        return text.ToString();
    }

    // Names end in their unit, and counters in "total".
    private static string NameOf(Instrument instrument, string kind)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = instrument.Name.Replace('.', '_');
        return (name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit) + (kind == "counter" ? "_total" : "");
    }

    private static void WriteHead(StringBuilder text, string name, string help, string kind) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help)).Append('\n').Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');

    private static void WriteHistogram(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, string>> labels, LatencyHistogram latencies)
    {
        var (counts, sum) = latencies.Read();
        var upTo = 0L;
        for (var bucket = 0; bucket < counts.Count; bucket++)
        {
            upTo += counts[bucket];
            var bound = bucket < LatencyHistogram.BoundsInSeconds.Count ? LatencyHistogram.BoundsInSeconds[bucket].ToString(CultureInfo.InvariantCulture) : "+Inf";
            WriteSample(text, name + "_bucket", [.. labels, new("le", bound)], upTo);
        }

        WriteSample(text, name + "_sum", labels, sum);
        WriteSample(text, name + "_count", labels, upTo);
    }

    private static void WriteSample(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, string>> labels, double value)
    {
        text.Append(name);
        if (labels.Count > 0)
        {
            text.Append('{').AppendJoin(',', labels.Select(label => $"{label.Key.Replace('.', '_')}=\"{Escape(label.Value).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")).Append('}');
        }

        text.Append(' ').Append(double.IsPositiveInfinity(value) ? "+Inf" : value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
