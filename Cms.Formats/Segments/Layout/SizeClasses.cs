using System.Numerics;

namespace Cms.Formats.Segments.Layout;

/// <summary>The sizes that blocks come in: every 8 bytes from 24 to 128, then eight steps to each doubling.</summary>
internal static class SizeClasses
{
    private const int LinearLimit = 128;
    private const int LinearCount = ((LinearLimit - BlockLayout.SmallestSize) / BlockLayout.WordSize) + 1;
    private const int StepsInDoubling = 8;
    private const int Doublings = 17;

    /// <summary>How many classes there are.</summary>
    public const int Count = LinearCount + (StepsInDoubling * Doublings);

    /// <summary>Bytes of the largest block.</summary>
    public const int LargestSize = LinearLimit << Doublings;

    private static readonly int[] Sizes = [.. Enumerable.Range(0, Count).Select(Compute)];

    /// <summary>Bytes of the blocks of a class; 0 when there is no such class.</summary>
    public static int SizeOf(int sizeClass)
    {
        var sizes = Sizes;
        return (uint)sizeClass < (uint)sizes.Length ? sizes[sizeClass] : 0;
    }

    /// <summary>The least class that holds <paramref name="size"/> bytes, which must not exceed <see cref="LargestSize"/>.</summary>
    public static int ClassFor(int size)
    {
        if (size <= LinearLimit)
        {
            return size <= BlockLayout.SmallestSize ? 0 : (size - BlockLayout.SmallestSize + BlockLayout.WordSize - 1) / BlockLayout.WordSize;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        var last = size - 1;
        var doubling = BitOperations.Log2((uint)last / LinearLimit);
        var step = (last - (LinearLimit << doubling)) / ((LinearLimit / StepsInDoubling) << doubling);
        return LinearCount + (StepsInDoubling * doubling) + step;
    }

    /// <summary>Bytes of the block that holds <paramref name="size"/> bytes.</summary>
    public static int RoundUp(int size) => SizeOf(ClassFor(size));

    private static int Compute(int sizeClass)
    {
        if (sizeClass < LinearCount)
        {
            return BlockLayout.SmallestSize + (sizeClass * BlockLayout.WordSize);
        }

        var doubling = (sizeClass - LinearCount) / StepsInDoubling;
        var step = (sizeClass - LinearCount) % StepsInDoubling;
        return (LinearLimit << doubling) + ((step + 1) * ((LinearLimit / StepsInDoubling) << doubling));
    }
}
