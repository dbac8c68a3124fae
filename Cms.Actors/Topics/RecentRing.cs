namespace Cms.Actors.Topics;

/// <summary>The newest of what a topic has to tell, bounded in count and bytes; the oldest make room for the new.</summary>
/// <typeparam name="T">What is told.</typeparam>
/// <remarks>Numbers inside are consecutive. One thread at a time.</remarks>
internal sealed class RecentRing<T>(int mostItems, long mostBytes, Func<T, long> numberOf, Func<T, long> bytesOf)
{
    private readonly Queue<(T Item, long Bytes)> _items = new();
    private long _bytes;

    /// <summary>Puts the next one in.</summary>
    public void Add(T item)
    {
        var bytes = bytesOf(item);
        _items.Enqueue((item, bytes));
        _bytes += bytes;
        while (_items.Count > mostItems || (_bytes > mostBytes && _items.Count > 0))
        {
            _bytes -= _items.Dequeue().Bytes;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _items.Clear();
        _bytes = 0;
    }

    /// <summary>What comes after a number, oldest first; empty when the first of it is not here.</summary>
    public List<T> After(long number, int most)
    {
        if (_items.Count == 0 || numberOf(_items.Peek().Item) > number + 1)
        {
            return [];
        }

        var passed = (int)Math.Min(number + 1 - numberOf(_items.Peek().Item), int.MaxValue);
        return [.. _items.Skip(passed).Take(most).Select(entry => entry.Item)];
    }
}
