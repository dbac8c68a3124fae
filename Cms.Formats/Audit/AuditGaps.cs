using System.Globalization;

namespace Cms.Formats.Audit;

/// <summary>
/// Rows that are not there any more, as the log tells it itself: <c>lost rows 12-15 20-20</c> by a repair of the journal,
/// <c>removed rows 1-5000</c> by the removal of an old archive.
/// </summary>
public static class AuditGaps
{
    private const string Lost = "lost rows ";
    private const string Removed = "removed rows ";

    /// <summary>The text that tells of the removal of an archive.</summary>
    public static string FormatRemoved((long First, long Last) rows) => string.Create(CultureInfo.InvariantCulture, $"{Removed}{rows.First}-{rows.Last}");

    /// <summary>The rows whose removal a text tells of, or null.</summary>
    public static (long First, long Last)? ParseRemoved(string detail) => Parse(detail, Removed) is [var rows] ? rows : null;

    /// <summary>The text that tells of gaps.</summary>
    public static string Format(IEnumerable<(long First, long Last)> gaps) =>
        Lost + string.Join(' ', gaps.Select(gap => string.Create(CultureInfo.InvariantCulture, $"{gap.First}-{gap.Last}")));

    /// <summary>The gaps that a text tells of; none when it is no such text.</summary>
    public static IReadOnlyList<(long First, long Last)> Parse(string detail) => Parse(detail, Lost);

    private static List<(long First, long Last)> Parse(string detail, string start)
    {
        var gaps = new List<(long, long)>();
        if (detail.StartsWith(start, StringComparison.Ordinal))
        {
            foreach (var gap in detail[start.Length..].Split(' '))
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
