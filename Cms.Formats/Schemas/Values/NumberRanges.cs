using System.Globalization;

namespace Cms.Formats.Schemas.Values;

/// <summary>Ranges of whole numbers as schemas write them: <c>1-9,20,100-</c>.</summary>
/// <param name="ranges">Both ends belong to a range.</param>
internal sealed class NumberRanges(IReadOnlyList<(long Least, long Greatest)> ranges)
{
    private readonly (long Least, long Greatest)[] _ranges = [.. ranges];

    /// <summary>The least number of all ranges.</summary>
    public long Least => _ranges.Min(range => range.Least);

    /// <summary>Reads ranges of whole numbers.</summary>
    /// <param name="text">Numbers, or two joined by <c>-</c>, of which one may be missing; joined by commas.</param>
    /// <param name="reader">How the numbers are written.</param>
    /// <returns>Null when the text is none.</returns>
    public static NumberRanges? TryParse(string text, NumberReader reader)
    {
        var ranges = new List<(long, long)>();
        foreach (var (first, last) in Split(text))
        {
            var (least, greatest) = (long.MinValue, long.MaxValue);
            var isRead = (first.Length == 0 || reader(System.Text.Encoding.UTF8.GetBytes(first), out least))
                && (last.Length == 0 || reader(System.Text.Encoding.UTF8.GetBytes(last), out greatest))
                && first.Length + last.Length > 0 && least <= greatest;
            if (!isRead)
            {
                return null;
            }

            ranges.Add((least, greatest));
        }

        return ranges.Count == 0 ? null : new NumberRanges(ranges);
    }

    /// <summary>As <see cref="TryParse"/>, for decimal numbers.</summary>
    public static IReadOnlyList<(double Least, double Greatest)>? TryParseFloats(string text)
    {
        var ranges = new List<(double, double)>();
        foreach (var (first, last) in Split(text))
        {
            var (least, greatest) = (double.MinValue, double.MaxValue);
            var isRead = (first.Length == 0 || WholeNumbers.TryReadFloat(System.Text.Encoding.UTF8.GetBytes(first), out least))
                && (last.Length == 0 || WholeNumbers.TryReadFloat(System.Text.Encoding.UTF8.GetBytes(last), out greatest))
                && first.Length + last.Length > 0 && least <= greatest;
            if (!isRead)
            {
                return null;
            }

            ranges.Add((least, greatest));
        }

        return ranges;
    }

    /// <summary>Whether a number is in one of the ranges.</summary>
    public bool Contains(long number)
    {
        foreach (var (least, greatest) in _ranges)
        {
            if (number >= least && number <= greatest)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>For people: <c>1 to 9, 20, or 100 and more</c>.</summary>
    public override string ToString()
    {
        var parts = _ranges.Select(Describe).ToList();
        return parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts.SkipLast(1))} or {parts[^1]}";
    }

    /// <summary>Takes <c>a-b,c</c> apart; a first character of - is a sign, and so is one behind the dash.</summary>
    public static IEnumerable<(string First, string Last)> Split(string text)
    {
        foreach (var part in text.Split(','))
        {
            var dash = part.Length < 2 ? -1 : part.IndexOf('-', 1);
            yield return dash < 0 ? (part, part) : (part[..dash], part[(dash + 1)..]);
        }
    }

    private static string Describe((long Least, long Greatest) range) => range switch
    {
        var (least, greatest) when least == greatest => least.ToString(CultureInfo.InvariantCulture),
        (var least, long.MaxValue) => string.Create(CultureInfo.InvariantCulture, $"{least} and more"),
        (long.MinValue, var greatest) => string.Create(CultureInfo.InvariantCulture, $"at most {greatest}"),
        var (least, greatest) => string.Create(CultureInfo.InvariantCulture, $"{least} to {greatest}"),
    };
}
