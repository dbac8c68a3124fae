using System.Globalization;

namespace Cms.Formats.Audit;

/// <summary>Rows that a repair of the journal could not keep, as the row of the repair tells them: <c>lost rows 12-15 20-20</c>.</summary>
public static class AuditGaps
{
    private const string Start = "lost rows ";

    /// <summary>The text that tells of gaps.</summary>
    public static string Format(IEnumerable<(long First, long Last)> gaps) =>
        Start + string.Join(' ', gaps.Select(gap => string.Create(CultureInfo.InvariantCulture, $"{gap.First}-{gap.Last}")));

    /// <summary>The gaps that a text tells of; none when it is no such text.</summary>
    public static IReadOnlyList<(long First, long Last)> Parse(string detail)
    {
        var gaps = new List<(long, long)>();
        if (detail.StartsWith(Start, StringComparison.Ordinal))
        {
            foreach (var gap in detail[Start.Length..].Split(' '))
            {
                if (gap.Split('-') is [var first, var last] && Number(first) is { } from && Number(last) is { } to)
                {
                    gaps.Add((from, to));
                }
            }
        }

        return gaps;
    }

    /// <summary>A gap in words.</summary>
    public static string Describe((long First, long Last) gap) =>
        gap.First == gap.Last ? $"row {gap.First} is missing" : $"rows {gap.First} to {gap.Last} are missing";

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
