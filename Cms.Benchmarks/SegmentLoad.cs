using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>What the workers of the suite do to a segment: commits without a journal.</summary>
internal static class SegmentLoad
{
    // The journal of a segment that is nobody's projection.
    private static readonly Guid NoJournal = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    /// <summary>A new segment with the settings that a node has unless it is told otherwise.</summary>
    public static SegmentWriter Create(string path) => SegmentWriter.Create(path, NoJournal, new SegmentOptions());

    /// <summary>Commits changes, which may be none.</summary>
    /// <exception cref="InvalidDataException">There is no room for them.</exception>
    public static void Commit(SegmentWriter segment, IReadOnlyList<ModuleChange> changes)
    {
        if (!segment.TryReserve(changes, out var refusal))
        {
            throw new InvalidDataException($"the segment is full: {refusal}");
        }

        segment.Project(segment.Revision.Next, changes);
    }

    /// <summary>What a node does about a segment once nothing was asked of it for a second.</summary>
    public static void Rest(SegmentWriter segment)
    {
        if (segment.IsWorthCompacting && !segment.TryCompact())
        {
            throw new InvalidDataException("there is no room for a compaction");
        }
    }

    /// <summary>Adds sections 1 to <paramref name="count"/>, named as <see cref="LookupData.Section"/> says from 0 on.</summary>
    public static void AddSections(SegmentWriter segment, int count) =>
        Commit(segment, [.. Enumerable.Range(0, count).Select(section => new ModuleChange.SectionAdded(Id(section), "section", LookupData.Section(section)))]);

    /// <summary>The change that sets a key to its value.</summary>
    public static ModuleChange Set(uint number) => new ModuleChange.OptionSet(
        Id((int)(number / LookupData.OptionsPerSection)),
        LookupData.Option((int)(number % LookupData.OptionsPerSection)),
        ConfigValue.FromText(LookupData.Value(number)));

    /// <summary>The id of a section.</summary>
    public static SectionId Id(int section) => new(section + 1);
}
