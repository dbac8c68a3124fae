namespace Cms.Formats.Segments.Writing;

/// <summary>The section that changes are being applied to: changes come in runs for one section, so it is looked up once.</summary>
internal sealed class SectionCursor
{
    private readonly byte[] _prefix = new byte[Layout.SegmentKey.MaximumPrefixSize];
    private int _prefixSize;

    /// <summary>Its id; null when there is none.</summary>
    public long? Id { get; private set; }

    /// <summary>The slot of its entry.</summary>
    public uint Slot { get; private set; }

    /// <summary>What the keys of its options begin with, without the dot.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix.AsSpan(0, _prefixSize);

    /// <summary>Points at a section.</summary>
    public void Set(long id, uint slot, ReadOnlySpan<byte> prefix)
    {
        prefix.CopyTo(_prefix);
        _prefixSize = prefix.Length;
        Slot = slot;
        Id = id;
    }

    /// <summary>Points at none.</summary>
    public void Reset() => Id = null;
}
