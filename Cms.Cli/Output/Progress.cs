using System.Globalization;
using System.Text;

namespace Cms.Cli.Output;

/// <summary>How far something is.</summary>
/// <param name="Verb">What has been done: "sent".</param>
/// <param name="Count">Of how many.</param>
/// <param name="Unit">Of what, in the plural; empty where nothing is counted.</param>
internal readonly record struct Progress(string Verb, long Count, string Unit)
{
    private const int BarWidth = 24;

    /// <summary>How much of the whole is done, 0 to 1; null when the whole is not known.</summary>
    public double? Part { get; init; }

    /// <summary>The line that tells it: a bar, the rate and the time that is left, as far as they are known.</summary>
    /// <param name="elapsed">The time since it began; more than nothing.</param>
    public string Format(TimeSpan elapsed)
    {
        var line = new StringBuilder();
        if (Part is { } part)
        {
            var done = (int)Math.Clamp(part * BarWidth, 0, BarWidth);
            line.Append('[').Append('#', done).Append('.', BarWidth - done).Append("] ");
            line.Append(CultureInfo.InvariantCulture, $"{Math.Clamp(part, 0, 1) * 100:F0} %  ");
        }

        line.Append(Unit.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Verb}, {Format(elapsed.TotalSeconds)}")
            : string.Create(CultureInfo.InvariantCulture, $"{Count} {Unit} {Verb}, {Count / elapsed.TotalSeconds:F0} a second"));
        if (Part is > 0 and < 1)
        {
            line.Append(CultureInfo.InvariantCulture, $", {Format(elapsed.TotalSeconds * (1 - Part.Value) / Part.Value)} left");
        }

        return line.ToString();
    }

    private static string Format(double seconds) =>
        seconds < 60 ? FormattableString.Invariant($"{Math.Ceiling(seconds):F0} s") : FormattableString.Invariant($"{seconds / 60:F0} min");
}
