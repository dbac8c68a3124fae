namespace Cms.Formats.Searching;

/// <summary>How many slips of the keyboard lie between two words: letters left out, added, exchanged for others, and neighbours the wrong way round.</summary>
/// <remarks>The optimal string alignment distance: no letter is touched twice.</remarks>
public static class EditDistance
{
    /// <summary>The number of slips; takes time by the product of the lengths.</summary>
    /// <param name="left">One word.</param>
    /// <param name="right">The other.</param>
    public static int Between(string left, string right)
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
