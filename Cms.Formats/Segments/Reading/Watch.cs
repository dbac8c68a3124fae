using System.Runtime.CompilerServices;
using Cms.Formats.Mapping;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Words of a segment which, as long as they stand, say that an answer is still the newest.</summary>
/// <remarks>
/// For a key that is there: its slot and the stamp of the block the slot refers to. The slot names the newest version,
/// which was visible when the answer was read; a block is only written again under a larger stamp, so both words
/// together name one version and no other. For a key that is not there: its home bucket's word, which changes before a
/// commit that puts the key anywhere becomes visible. Neither says anything once the file is superseded.
/// </remarks>
/// <param name="Region">The file; null when there is nothing to go by.</param>
/// <param name="FirstOffset">Bytes from the start of the file to the slot or bucket word.</param>
/// <param name="First">What it held.</param>
/// <param name="SecondOffset">Bytes from the start of the file to the stamp, or again to the bucket word.</param>
/// <param name="Second">What it held.</param>
internal readonly record struct Watch(MappedRegion? Region, long FirstOffset, ulong First, long SecondOffset, ulong Second)
{
    /// <summary>Whether the answer still holds.</summary>
    public bool Holds
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Region is { } region && region.Read(FirstOffset) == First && region.Read(SecondOffset) == Second
            && region.Read(HeaderLayout.MarkOffset) == HeaderLayout.MarkLive;
    }
}
