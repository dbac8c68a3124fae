namespace Cms.Cli.Help;

/// <summary>Finds what somebody may have meant who typed something else.</summary>
internal static class NearestName
{
    /// <summary>The name that takes the fewest slips of the keyboard to become what was typed; null when all take too many.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="names">What there is.</param>
    public static string? Find(string typed, IEnumerable<string> names)
    {
        string? nearest = null;
        var best = Allowed(typed) + 1;
        foreach (var name in names)
        {
            var distance = Math.Abs(name.Length - typed.Length) < best ? Distance(typed, name) : best;
            if (distance < best)
            {
                (nearest, best) = (name, distance);
            }
        }

        return nearest;
    }

    // Who mistypes a short name is not guessed at: everything would be near.
    private static int Allowed(string typed) => typed.Length switch
    {
        <= 2 => 1,
        <= 5 => 2,
        _ => 3,
    };

    // Letters left out, added, exchanged for others, and neighbours the wrong way round.
    private static int Distance(string left, string right)
    {
        var (before, last, next) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var column = 0; column <= right.Length; column++)
        {
            last[column] = column;
        }

        for (var row = 1; row <= left.Length; row++)
        {
            next[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var isSame = left[row - 1] == right[column - 1];
                next[column] = Math.Min(Math.Min(last[column], next[column - 1]) + 1, last[column - 1] + (isSame ? 0 : 1));
                if (row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1])
                {
                    next[column] = Math.Min(next[column], before[column - 2] + 1);
                }
            }

            (before, last, next) = (last, next, before);
        }

        return last[right.Length];
    }
}
