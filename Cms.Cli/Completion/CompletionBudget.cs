namespace Cms.Cli.Completion;

/// <summary>How much may be looked at to complete one word: a person waits for it.</summary>
/// <param name="clock">Measures the time.</param>
/// <param name="time">How long to look.</param>
internal sealed class CompletionBudget(TimeProvider clock, TimeSpan time)
{
    /// <summary>The most candidates; nobody reads more.</summary>
    public const int MaxCandidates = 200;

    // The clock costs more than looking at a name.
    private const int NamesPerLook = 64;

    private readonly long _start = clock.GetTimestamp();
    private int _names;

    /// <summary>Whether it ran out before everything was looked at.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>The names that begin with what was typed, as far as the budget goes.</summary>
    public List<T> Take<T>(IEnumerable<T> all, Func<T, bool> fits)
    {
        var taken = new List<T>();
        foreach (var each in all)
        {
            IsSpent |= taken.Count == MaxCandidates || (++_names % NamesPerLook == 0 && clock.GetElapsedTime(_start) > time);
            if (IsSpent)
            {
                break;
            }

            if (fits(each))
            {
                taken.Add(each);
            }
        }

        return taken;
    }
}
