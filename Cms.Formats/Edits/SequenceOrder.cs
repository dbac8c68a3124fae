namespace Cms.Formats.Edits;

/// <summary>What becomes of the order of things when some go, some come and some move. Pure.</summary>
internal static class SequenceOrder
{
    /// <summary>Which of several elements may stay where they are so that the fewest move: the longest run that is in order already.</summary>
    /// <param name="places">Where each element belongs, no two in the same place.</param>
    public static bool[] FindSteady(IReadOnlyList<int> places)
    {
        var tails = new List<int>();
        var previous = new int[places.Count];
        for (var index = 0; index < places.Count; index++)
        {
            var length = FindLength(places, tails, places[index]);
            previous[index] = length == 0 ? -1 : tails[length - 1];
            if (length == tails.Count)
            {
                tails.Add(index);
            }
            else
            {
                tails[length] = index;
            }
        }

        var steady = new bool[places.Count];
        for (var index = tails.Count == 0 ? -1 : tails[^1]; index >= 0; index = previous[index])
        {
            steady[index] = true;
        }

        return steady;
    }

    /// <summary>A sequence with more elements in it: each behind the one that it follows in another sequence, or in front.</summary>
    /// <param name="ground">What keeps its order; no element twice.</param>
    /// <param name="source">Where the others come from, in its order; no element twice.</param>
    /// <param name="comparer">Says what is the same element.</param>
    public static List<T> Insert<T>(IReadOnlyList<T> ground, IReadOnlyList<T> source, IEqualityComparer<T>? comparer = null)
        where T : notnull
    {
        var present = ground.ToHashSet(comparer);
        var front = new List<T>();
        var behind = new Dictionary<T, List<T>>(comparer);
        var group = front;
        foreach (var element in source)
        {
            if (present.Contains(element))
            {
                group = [];
                behind[element] = group;
            }
            else
            {
                group.Add(element);
            }
        }

        return [.. front, .. ground.SelectMany(element => behind.TryGetValue(element, out var followers) ? followers.Prepend(element) : [element])];
    }

    /// <summary>Whether the elements that two sequences share are in the same order in both.</summary>
    public static bool IsKept<T>(IReadOnlyList<T> left, IReadOnlyList<T> right, IEqualityComparer<T>? comparer = null)
        where T : notnull
    {
        if (left.SequenceEqual(right, comparer))
        {
            return true;
        }

        var isLeft = left.ToHashSet(comparer);
        var isRight = right.ToHashSet(comparer);
        return left.Where(isRight.Contains).SequenceEqual(right.Where(isLeft.Contains), comparer);
    }

    // How many of the runs found so far end below a place; they end ever higher.
    private static int FindLength(IReadOnlyList<int> places, List<int> tails, int place)
    {
        var (low, high) = (0, tails.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = places[tails[middle]] < place ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
