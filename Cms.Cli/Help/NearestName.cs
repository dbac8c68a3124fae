using Cms.Formats.Searching;

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
            var distance = Math.Abs(name.Length - typed.Length) < best ? EditDistance.Between(typed, name) : best;
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
}
