using Cms.Formats.Modules;

namespace Cms.Formats.Segments;

/// <summary>What became of one key of <see cref="SegmentReader.CopyMany"/>.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Offset">Bytes from the start of the destination to the encoding, when it was copied.</param>
/// <param name="Size">Bytes of the encoding; 0 when there is no such option.</param>
/// <param name="ElementType">The type of the value or of its elements.</param>
/// <param name="IsList">Whether it is a list.</param>
public readonly record struct SegmentCopy(SegmentCopyResult Result, int Offset, int Size, ElementType ElementType, bool IsList);
