namespace Cms.Formats.Segments.Writing;

/// <summary>For members of long lists the id of the leaf they were last put into, by slot.</summary>
/// <remarks>Writer thread only. In private memory: readers do without, and a restart begins with none.</remarks>
internal sealed class LeafHints
{
    private const int PageBits = 10;
    private const int PageSize = 1 << PageBits;
    private uint[]?[] _pages = [];

    /// <summary>The hint of a member; 0 when there is none.</summary>
    public uint Of(uint slot)
    {
        var page = (int)(slot >> PageBits);
        return page < _pages.Length && _pages[page] is { } ids ? ids[slot % PageSize] : 0;
    }

    /// <summary>Notes the leaf of a member.</summary>
    public void Set(uint slot, uint id)
    {
        var page = (int)(slot >> PageBits);
        if (page >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        }

        (_pages[page] ??= new uint[PageSize])[slot % PageSize] = id;
    }
}
