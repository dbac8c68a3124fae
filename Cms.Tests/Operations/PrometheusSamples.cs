using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Cms.Tests.Operations;

/// <summary>Reads Prometheus text as strictly as its definition is, and finds samples in it.</summary>
internal sealed partial class PrometheusSamples
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly Dictionary<string, string> _kinds = [];

    /// <summary>Reads a text; what breaks a rule fails the test.</summary>
    public PrometheusSamples(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var helped = new HashSet<string>();
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                Assert.True(helped.Add(help.Groups[1].Value), $"told twice: {line}");
            }
            else if (Kind().Match(line) is { Success: true } kind)
            {
                Assert.True(_kinds.TryAdd(kind.Groups[1].Value, kind.Groups[2].Value), $"told twice: {line}");
            }
            else
            {
                ReadSample(line);
            }
        }

        Assert.All(_kinds.Where(kind => kind.Value == "histogram"), kind => CheckHistogram(kind.Key));
    }

    /// <summary>The names of all families.</summary>
    public IReadOnlyCollection<string> Names => _kinds.Keys;

    /// <summary>The value of a sample, as it stands in the text with its labels.</summary>
    public double this[string sample] => _samples.TryGetValue(sample, out var value) ? value : throw new KeyNotFoundException($"there is no {sample} among\n{string.Join('\n', _samples.Keys)}");

    /// <summary>Whether there is such a sample.</summary>
    public bool Has(string sample) => _samples.ContainsKey(sample);

    private void ReadSample(string line)
    {
        var sample = Sample().Match(line);
        Assert.True(sample.Success, $"no sample: {line}");
        var name = sample.Groups[1].Value;
        var family = _kinds.ContainsKey(name) ? name : Suffix().Replace(name, "");
        Assert.True(_kinds.TryGetValue(family, out var kind), $"its kind was not told: {line}");
        Assert.True(kind != "counter" || name.EndsWith("_total", StringComparison.Ordinal), $"no name of a counter: {line}");
        var value = sample.Groups[3].Value is "+Inf" ? double.PositiveInfinity : double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture);
        Assert.True(_samples.TryAdd(name + sample.Groups[2].Value, value), $"told twice: {line}");
    }

    // Buckets add up, the last one has all.
    private void CheckHistogram(string name)
    {
        foreach (var series in _samples.Where(sample => sample.Key.StartsWith(name + "_bucket", StringComparison.Ordinal)).GroupBy(sample => Bound().Replace(sample.Key, "")))
        {
            var counts = series.Select(sample => sample.Value).ToList();
            Assert.Equal(counts.Order(), counts);
            Assert.Contains("le=\"+Inf\"", series.Last().Key, StringComparison.Ordinal);
            var count = series.Key.Replace("_bucket", "_count", StringComparison.Ordinal).Replace("{}", "", StringComparison.Ordinal);
            Assert.Equal(counts[^1], this[count]);
            Assert.True(Has(count.Replace("_count", "_sum", StringComparison.Ordinal)));
        }
    }

    [GeneratedRegex("^# HELP ([a-z_]+) [^\n]*$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-z_]+) (counter|gauge|histogram)$")]
    private static partial Regex Kind();

    [GeneratedRegex("""^([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? (\+Inf|-?[0-9.E+-]+)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(""",?le="[^"]*"$|,?le="[^"]*"(?=\})""")]
    private static partial Regex Bound();
}
