using Cms.Formats.Searching;

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
            if (isComparable && EditDistance.Between(word.ToLowerInvariant(), candidate.ToLowerInvariant()) is var distance && distance < least)
            {
                (best, least) = (candidate, distance);
            }
        }

        return best;
    }
}
