using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Bounds from above what the changes of one list take out of a file, commit by commit.</summary>
/// <remarks>
/// It counts on no free block, and on a list growing through all sizes; what it leaves behind while growing it can use again
/// itself within one commit, so each size counts once in each commit.
/// </remarks>
internal sealed class ListTally
{
    // A root grows through size classes of an eighth each, with two blocks in each.
    private const int RootGrowthFactor = 18;

    // A leaf that was copied may have to grow twice more before it is full, when more than one member comes.
    private const int LeafGrowthFactor = 3;

    private const int HalfLeaf = BlockLayout.LeafCapacity / 2;
    private const int FullLeafSize = BlockLayout.LeafMembersOffset + (BlockLayout.LeafCapacity * sizeof(uint));
    private int _leaves;
    private int _added;
    private int _removed;

    /// <summary>A list as it is before the first commit.</summary>
    /// <param name="count">Its members.</param>
    /// <param name="leaves">Its leaves; null when nobody has looked.</param>
    public ListTally(int count, int? leaves)
    {
        Count = count;
        _leaves = leaves ?? MostLeaves(count);
    }

    /// <summary>The most members that it can have had before this commit.</summary>
    public int Count { get; private set; }

    /// <summary>The most members that it can have now.</summary>
    public int CountNow => Count + _added;

    /// <summary>Whether this commit changes it.</summary>
    public bool IsChanged => _added + _removed > 0;

    /// <summary>Members come.</summary>
    public void Add(int members = 1) => _added += members;

    /// <summary>Members go, or give way to others.</summary>
    public void Remove(int members = 1) => _removed += members;

    /// <summary>The bound for this commit's changes; the next ones belong to another commit.</summary>
    public long EndCommit()
    {
        if (!IsChanged)
        {
            return 0;
        }

        var staysOneLeaf = _leaves <= 1 && CountNow <= BlockLayout.LeafCapacity;
        var splits = (_added + HalfLeaf - 1) / HalfLeaf;
        var bytes = staysOneLeaf ? OneLeafBytes(Count, CountNow) : RootedBytes(splits);
        _leaves += staysOneLeaf ? 0 : splits;
        Count = CountNow;
        _added = 0;
        _removed = 0;
        return bytes;
    }

    /// <summary>The sizes of the blocks that one member takes when it comes or goes.</summary>
    /// <param name="count">How many members there are then.</param>
    /// <param name="sizes">Where they are added.</param>
    public void NameBlocks(int count, List<int> sizes)
    {
        if (count == 0)
        {
            return;
        }

        if (_leaves <= 1 && count <= BlockLayout.LeafCapacity)
        {
            sizes.Add(LeafWriter.SizeFor(Count == 0 ? LeafWriter.FirstCapacity : LeafWriter.Roomy(count)));
            return;
        }

        // A leaf is copied and split or joined, and each of that makes another root.
        var root = RootSize(_leaves + 1);
        sizes.AddRange([FullLeafSize, FullLeafSize, (int)root, (int)root]);
    }

    /// <summary>A bound for one change of any list that has at most so many members.</summary>
    public static long OneChangeBytes(long most, bool isRemoval)
    {
        var count = (int)Math.Min(most, int.MaxValue / 2);
        var list = new ListTally(count, leaves: null);
        if (isRemoval)
        {
            list.Remove();
        }
        else
        {
            list.Add();
        }

        var bytes = list.EndCommit();
        return count <= HalfLeaf ? OneLeafBytes(0, count + 1) + FullLeafSize : bytes;
    }

    // Two neighbours have more members than half a leaf, so a list that small is one leaf and a longer one has no more leaves.
    private static int MostLeaves(int count) => count <= HalfLeaf ? 1 : (count / (HalfLeaf / 2)) + 2;

    // Every size that a single leaf goes through.
    private static long OneLeafBytes(int count, int countNow)
    {
        var capacity = LeafWriter.FirstCapacity;
        var bytes = (long)LeafWriter.SizeFor(capacity);
        if (count > 0)
        {
            capacity = LeafWriter.CapacityIn(LeafWriter.SizeFor(LeafWriter.Roomy(count + 1)));
            bytes += LeafWriter.SizeFor(capacity);
        }

        while (capacity < countNow)
        {
            capacity = LeafWriter.CapacityIn(LeafWriter.SizeFor(LeafWriter.Roomy(capacity + 1)));
            bytes += LeafWriter.SizeFor(capacity);
        }

        return bytes;
    }

    private static long RootSize(long leaves) => BlockLayout.RootLeavesOffset + (BlockLayout.RootLeafSize * ((leaves * 5 / 4) + 2));

    private long RootedBytes(int splits)
    {
        var steps = _added + _removed;
        var leaves = (long)_leaves + splits;
        var touched = Math.Min(steps + 1, leaves) + splits;
        var root = RootSize(leaves);
        return (touched * FullLeafSize * Math.Min(steps, LeafGrowthFactor)) + (root * 9 / 8 * Math.Min(1 + splits + _removed, RootGrowthFactor));
    }
}
