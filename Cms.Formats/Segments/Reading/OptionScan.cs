// Invariants (docs/formats/segment.md, "Searching"):
// - The version of an option at the revision was complete before that revision became visible, and its block is not used
//   again while the revision is kept. So whoever looks at every block, and sees afterwards that the revision is still kept,
//   has seen every such version whole, though others wrote meanwhile.
// - What is seen in passing is a hint: the caller reads each block again as EntryReader does, and finds out whether it is
//   the option's version at the revision.
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Searching;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Goes through all blocks of a segment in the order of their addresses, and picks the options that may be found.</summary>
/// <remarks>One thread at a time.</remarks>
/// <param name="memory">The file.</param>
/// <param name="revision">The revision to search; visible when this is made.</param>
/// <param name="matcher">What is looked for.</param>
/// <param name="names">The names of anonymous sections.</param>
internal sealed class OptionScan(SegmentMemory memory, Revision revision, OptionMatcher matcher, SectionOrder names)
{
    private readonly MappedRegion _region = memory.Region;
    private readonly bool _isOneRun = matcher.Run.AsSpan().SequenceEqual(matcher.PathRun) && matcher.Run.Length > 0;

    /// <summary>The places of the options that may be found, in bytes from the start of the file.</summary>
    /// <param name="most">How many are wanted at most.</param>
    /// <returns>Null when there are more.</returns>
    /// <exception cref="SnapshotTooOldException">The revision is no longer kept.</exception>
    /// <exception cref="SegmentException">The file contradicts itself.</exception>
    public List<long>? Run(int most)
    {
        var found = new List<long>();
        var offset = memory.ArenaStart;
        var top = Top();
        while (offset < top)
        {
            var stamp = _region.Read(offset);
            var descriptor = _region.Read(offset + BlockLayout.DescriptorOffset);
            var size = SizeClasses.SizeOf(BlockLayout.ClassOf(descriptor));
            if (size == 0 || size > top - offset)
            {
                throw memory.Corrupt("The blocks do not follow each other.");
            }

            if (BlockLayout.IsLiveOption(descriptor) && !BlockLayout.IsBeingWritten(stamp) && BlockLayout.RevisionOf(stamp) <= revision.Value
                && IsFound(_region.Glance(offset + BlockLayout.KeyOffset, size - BlockLayout.KeyOffset), descriptor))
            {
                if (found.Count == most)
                {
                    return null;
                }

                found.Add(offset);
            }

            offset += size;
        }

        MappedRegion.OrderLoads();
        GC.KeepAlive(memory);
        return memory.Oldest <= revision.Value ? found : throw new SnapshotTooOldException(revision);
    }

    // The writer's own word, which a damaged file may have anywhere. It was stored before any block below it.
    private long Top()
    {
        var top = unchecked((long)_region.Read(HeaderLayout.TopOffset));
        return top >= memory.ArenaStart && top % BlockLayout.WordSize == 0 && (top == memory.ArenaStart || memory.IsInArena(top - BlockLayout.WordSize, BlockLayout.WordSize))
            ? top
            : throw memory.Corrupt("The end of the blocks is not within the file.");
    }

    private bool IsFound(ReadOnlySpan<byte> content, ulong descriptor)
    {
        var keySize = BlockLayout.CountOf(descriptor);
        var kind = BlockLayout.KindByte(descriptor);
        var isText = BlockLayout.ElementTypeOf(kind) == ElementType.String;
        if (keySize > content.Length || (_isOneRun && isText && !IsAnonymous(content) && !matcher.MayHold(content, matcher.Run)))
        {
            return false;
        }

        return IsFoundByPath(content[..keySize]) || (matcher.SearchesValue && IsFoundByValue(content[keySize..], kind, isText));
    }

    private bool IsFoundByPath(ReadOnlySpan<byte> key)
    {
        if (!matcher.SearchesPath && !matcher.SearchesName)
        {
            return false;
        }

        if (IsAnonymous(key))
        {
            var id = SegmentKey.ReadId(key);
            var name = matcher.SearchesPath ? names.AnonymousName(new(id)) : "@"u8;
            return !name.IsEmpty && key.Length > SegmentKey.IdSize && matcher.MatchesPath(name, key[(SegmentKey.IdSize + 1)..]);
        }

        var dot = (matcher.SearchesPath && matcher.MayHold(key, matcher.PathRun)) || (matcher.SearchesName && matcher.MayHold(key, matcher.Run))
            ? key.IndexOf((byte)'.') : -1;
        return dot > 0 && matcher.MatchesPath(key[..dot], key[(dot + 1)..]);
    }

    private bool IsFoundByValue(ReadOnlySpan<byte> rest, int kind, bool isText)
    {
        if (isText && !matcher.MayHold(rest, matcher.Run))
        {
            return false;
        }

        return ((kind & BlockLayout.ChangedFlag) == 0 || Varint.TryRead(ref rest, out _))
            && Varint.TryRead(ref rest, out var size)
            && size <= rest.Length
            && matcher.MatchesValue(BlockLayout.ElementTypeOf(kind), BlockLayout.IsList(kind), rest[..(int)size]);
    }

    // The last byte of a section's id is 0, which is in no name.
    private static bool IsAnonymous(ReadOnlySpan<byte> key) => key.Length >= SegmentKey.IdSize && key[SegmentKey.IdSize - 1] == 0;
}
