namespace Cms.Formats.Schemas.Reading;

/// <summary>Which known word somebody may have meant.</summary>
internal static class Spelling
{
    /// <summary>Behind so many mistakes nothing is suggested any more: it takes time, and nobody reads on.</summary>
    public const int MostSuggestions = 100;

    private const int LongestWord = 64;
    private const int MostCandidates = 1000;

    /// <summary><c>; did you mean 'x'?</c> when a known word is near, else nothing.</summary>
    public static string Suggest(string word, IEnumerable<string> known) => Nearest(word, known) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary>The known word that takes the fewest changes of a character, at most a third of them; or null.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var (best, least) = ((string?)null, 1 + Math.Max(1, Math.Min(word.Length, LongestWord) / 3));
        foreach (var candidate in known.Take(MostCandidates))
        {
            var isComparable = word.Length <= LongestWord && candidate.Length <= LongestWord && Math.Abs(word.Length - candidate.Length) < least;
            if (isComparable && Distance(word, candidate) is var distance && distance < least)
            {
                (best, least) = (candidate, distance);
            }
        }

        return best;
    }

    // Insertions, deletions, replacements and swaps of neighbours, each counted once.
    private static int Distance(string left, string right)
    {
        var width = right.Length + 1;
        Span<int> before = stackalloc int[width];
        Span<int> last = stackalloc int[width];
        Span<int> next = stackalloc int[width];
        for (var column = 0; column < width; column++)
        {
            last[column] = column;
        }

        for (var row = 1; row <= left.Length; row++)
        {
            next[0] = row;
            for (var column = 1; column < width; column++)
            {
                var isSame = char.ToLowerInvariant(left[row - 1]) == char.ToLowerInvariant(right[column - 1]);
                next[column] = Math.Min(Math.Min(next[column - 1], last[column]) + 1, last[column - 1] + (isSame ? 0 : 1));
                var isSwap = row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
                next[column] = isSwap ? Math.Min(next[column], before[column - 2] + 1) : next[column];
            }

            last.CopyTo(before);
            next.CopyTo(last);
        }

        return last[width - 1];
    }
}
