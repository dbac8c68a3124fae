using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;

namespace Cms.Formats.Segments.Writing;

/// <summary>Bounds from above what applying some changes takes out of a file: block bytes and index slots.</summary>
/// <remarks>
/// It counts on no free block, and on every list growing through all sizes; what a list leaves behind while growing it can
/// use again itself, so each size counts once. Each change adds its bound to the tally of
/// its section; what a removal or a rename of a section touches is everything the tally knows by then.
/// </remarks>
internal sealed class SpaceEstimate(SegmentView view)
{
    // A root grows through size classes of an eighth each, with two blocks in each.
    private const int RootGrowthFactor = 18;

    // A leaf that was copied may have to grow twice more before it is full.
    private const int LeafGrowthFactor = 3;

    // No file is as large, and many of them still add up to a number.
    private const long Impossible = 1L << 40;

    // A commit of more is worth a close look.
    private const int MostChangesForRough = 4;

    private const int FullLeafSize = BlockLayout.LeafMembersOffset + (BlockLayout.LeafCapacity * sizeof(uint));
    private const int LargestNumberSize = Varint.MaximumSize;
    private static readonly int LargestSectionSize = SizeClasses.RoundUp(BlockLayout.SectionTextOffset + (2 * SegmentKey.MaximumPrefixSize));
    private readonly Dictionary<long, Tally> _sections = [];
    private readonly SectionId _firstNew = view.NextSection;
    private int _moduleSteps;

    /// <summary>Bytes of blocks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Slots of the index.</summary>
    public long Keys { get; private set; }

    /// <summary>The bound for these changes, in this order, on top of what the view shows.</summary>
    public static SpaceEstimate Of(SegmentView view, IReadOnlyCollection<ModuleChange> changes)
    {
        var estimate = new SpaceEstimate(view);
        TableEstimate? tables = null;
        foreach (var change in changes)
        {
            if (change is ModuleChange.OfTable ofTable)
            {
                tables ??= new(view, changes.Any(each => each is ModuleChange.RowUpdated or ModuleChange.RowDeleted));
                tables.Add(ofTable);
            }
            else if (change is ModuleChange.OfSection ofSection)
            {
                estimate.Add(ofSection, estimate.TallyOf(ofSection.Section));
            }
        }

        estimate.Finish();
        tables?.Finish();
        estimate.Bytes += tables?.Bytes ?? 0;
        estimate.Keys += tables?.Keys ?? 0;
        return estimate;
    }

    /// <summary>
    /// A larger bound that costs no look at the file, for the commits there are most of: a few options are set. It takes each
    /// option for new, and its section for one with the longest name and with all options of the file.
    /// </summary>
    /// <param name="entries">How many entries the file has.</param>
    /// <param name="changes">The changes.</param>
    /// <returns>Null when the changes are others.</returns>
    public static (long Bytes, long Keys)? Rough(long entries, IReadOnlyCollection<ModuleChange> changes)
    {
        if (changes.Count > MostChangesForRough || entries > int.MaxValue)
        {
            return null;
        }

        var bytes = 2L * BlockLayout.ModuleSize;
        foreach (var change in changes)
        {
            if (change is not ModuleChange.OptionSet set || set.Value.Encoding.Length > BlockLayout.MaximumValueSize)
            {
                return null;
            }

            bytes += OptionBytes(SegmentKey.MaximumPrefixSize, set.Option, set.Value.Encoding.Length) + LargestSectionSize;
            bytes += RoughListBytes((int)entries, changes.Count);
        }

        return (bytes, changes.Count + 1);
    }

    /// <summary>
    /// The sizes of the blocks that changes take, exactly, free ones included. Known for options that are set in different
    /// places, of which at most one in each section is new and joins a list of one leaf.
    /// </summary>
    /// <param name="view">What they are applied to.</param>
    /// <param name="changes">The changes in order.</param>
    /// <param name="isAdding">Whether any option is new.</param>
    /// <returns>Null when the changes are others.</returns>
    public static IReadOnlyList<int>? BlocksOf(SegmentView view, IReadOnlyCollection<ModuleChange> changes, out bool isAdding)
    {
        isAdding = false;
        var estimate = new SpaceEstimate(view);
        var sizes = new List<int>();
        foreach (var change in changes)
        {
            if (change is not ModuleChange.OptionSet set || set.Value.Encoding.Length > BlockLayout.MaximumValueSize)
            {
                return null;
            }

            var section = estimate.TallyOf(set.Section);
            sizes.Add(OptionBytes(section, set.Option, set.Value.Encoding.Length));
            if (!estimate.IsNew(section, set.Option))
            {
                continue;
            }

            if (section.Steps++ > 0 || section.EntrySize == 0 || section.Existing >= BlockLayout.LeafCapacity)
            {
                return null;
            }

            isAdding = true;
            sizes.Add(section.EntrySize);
            sizes.Add(LeafWriter.SizeFor(section.Existing == 0 ? LeafWriter.FirstCapacity : LeafWriter.Roomy(section.Existing + 1)));
        }

        return sizes;
    }

    /// <summary>Whether changes do nothing but remove.</summary>
    public static bool OnlyRemoves(IReadOnlyCollection<ModuleChange> changes) => changes.All(change =>
        change is ModuleChange.OptionRemoved or ModuleChange.SectionRemoved or ModuleChange.RowDeleted or ModuleChange.TableDropped);

    /// <summary>Bytes that the removal of an option, or of a section with few, takes at most from a file of so many entries.</summary>
    public static long ForRemoving(long entries) =>
        (2 * BlockLayout.ModuleSize) + LargestSectionSize + SizeClasses.RoundUp(BlockLayout.KeyOffset + BlockLayout.MaximumKeySize)
        + RoughListBytes((int)Math.Min(entries, int.MaxValue), 1);

    private void Add(ModuleChange change, Tally section)
    {
        switch (change)
        {
            case ModuleChange.OptionSet set when set.Value.Encoding.Length > BlockLayout.MaximumValueSize:
                Bytes += Impossible;
                break;
            case ModuleChange.OptionSet set:
                section.LargestValue = Math.Max(section.LargestValue, set.Value.Encoding.Length);
                Put(section, OptionBytes(section, set.Option, set.Value.Encoding.Length), IsNew(section, set.Option));
                break;
            case ModuleChange.OptionRemoved removed:
                Put(section, OptionBytes(section, removed.Option, 0), true, keys: 0);
                break;
            case ModuleChange.OptionRenamed renamed:
                Put(section, OptionBytes(section, renamed.Option, 0), true, keys: 0);
                section.LargestValue = Math.Max(section.LargestValue, view.MeasureOption(section.Id, renamed.Option) ?? 0);
                Put(section, OptionBytes(section, renamed.NewOption, section.LargestValue), true);
                break;
            case ModuleChange.SectionAdded added:
                section.PrefixSize = added.Name?.Length ?? SegmentKey.IdSize;
                section.EntrySize = SizeClasses.RoundUp(BlockLayout.SectionTextOffset + added.Type.Length + section.PrefixSize);
                Bytes += section.EntrySize + NameBytes(added.Name);
                Keys += added.Name is null ? 1 : 2;
                _moduleSteps++;
                break;
            default:
                AddToWhole(change, section);
                break;
        }
    }

    private void AddToWhole(ModuleChange change, Tally section)
    {
        Bytes += section.EntrySize;
        switch (change)
        {
            case ModuleChange.SectionRemoved:
                Bytes += OptionsOf(section) + NameBytes(new string('n', section.PrefixSize));
                _moduleSteps++;
                break;
            case ModuleChange.SectionRenamed renamed:
                Rename(section, renamed.Name);
                break;
            case ModuleChange.SectionRetyped retyped:
                section.EntrySize = SizeClasses.RoundUp(section.EntrySize + retyped.Type.Length);
                Bytes += section.EntrySize;
                break;
            default:
                _moduleSteps += 2;
                break;
        }
    }

    // Each option gets an entry under its new key and a tombstone under the old one, which is no larger than the old entry.
    private void Rename(Tally section, string name)
    {
        var options = OptionsOf(section);
        var count = section.Existing + section.Steps;
        var longer = name.Length + LargestNumberSize + BlockLayout.WordSize;
        var moved = options + (options / 8) + ((long)count * longer * 9 / 8);
        Bytes += options + moved + NameBytes(name) + NameBytes(new string('n', section.PrefixSize));
        Keys += count + 1;
        section.EntrySize = SizeClasses.RoundUp(section.EntrySize + name.Length);
        Bytes += section.EntrySize;
        section.Put += moved;
        section.PrefixSize = Math.Max(section.PrefixSize, name.Length);
        section.Steps += count;
    }

    private void Put(Tally section, int bytes, bool changesList, int keys = 1)
    {
        Bytes += bytes;
        section.Put += bytes;
        if (changesList)
        {
            section.Steps++;
            Keys += keys;
        }
    }

    private void Finish()
    {
        foreach (var section in _sections.Values)
        {
            if (section.Steps > 0)
            {
                Bytes += (section.Id.Value < _firstNew.Value ? section.EntrySize : 0) + ListBytes(section.Existing, section.Steps);
            }
        }

        // The module's own entry comes with its first section.
        Keys += _firstNew.Value == 1 ? 1 : 0;
        Bytes += (2 * BlockLayout.ModuleSize) + ListBytes(view.SectionCount, _moduleSteps);
    }

    /// <summary>The bound for the blocks of a list of so many members that changes in so many steps.</summary>
    internal static long ListBytes(int existing, int steps)
    {
        if (steps == 0)
        {
            return 0;
        }

        var total = (long)existing + steps;
        if (total <= BlockLayout.LeafCapacity)
        {
            return SmallListBytes(existing, (int)total);
        }

        var leaves = (total / (BlockLayout.LeafCapacity / 2)) + 2;
        var structural = (steps / (BlockLayout.LeafCapacity / 2)) + 2;
        var touched = Math.Min(steps + 2, leaves) + structural;
        var root = BlockLayout.RootLeavesOffset + (BlockLayout.RootLeafSize * ((leaves * 5 / 4) + 1)) + (long)FullLeafSize;
        return (touched * FullLeafSize * LeafGrowthFactor) + (root * 9 / 8 * Math.Min(structural, RootGrowthFactor));
    }

    // The bound for a list of at most so many members.
    private static long RoughListBytes(int most, int steps) => most + steps <= BlockLayout.LeafCapacity
        ? SmallListBytes(0, most + steps) + FullLeafSize
        : ListBytes(most, steps);

    // Every size that a single leaf goes through.
    private static long SmallListBytes(int existing, int total)
    {
        var capacity = LeafWriter.FirstCapacity;
        var bytes = (long)LeafWriter.SizeFor(capacity);
        if (existing > 0)
        {
            capacity = LeafWriter.CapacityIn(LeafWriter.SizeFor(LeafWriter.Roomy(existing + 1)));
            bytes += LeafWriter.SizeFor(capacity);
        }

        while (capacity < total)
        {
            capacity = LeafWriter.CapacityIn(LeafWriter.SizeFor(LeafWriter.Roomy(capacity + 1)));
            bytes += LeafWriter.SizeFor(capacity);
        }

        return bytes;
    }

    private Tally TallyOf(SectionId id)
    {
        if (_sections.TryGetValue(id.Value, out var known))
        {
            return known;
        }

        var measure = id.Value < _firstNew.Value ? view.MeasureSection(id) : default;
        var tally = new Tally(id) { EntrySize = measure.EntryBytes, PrefixSize = measure.PrefixBytes, Existing = measure.OptionCount };
        _sections.Add(id.Value, tally);
        return tally;
    }

    private static int OptionBytes(Tally section, string option, int valueSize) => OptionBytes(section.PrefixSize, option, valueSize);

    private static int OptionBytes(int prefixSize, string option, int valueSize) =>
        SizeClasses.RoundUp(EntryBuilder.OptionSize(prefixSize + 1 + option.Length, null, valueSize));

    private static int NameBytes(string? name) => name is null ? 0 : SizeClasses.RoundUp(BlockLayout.KeyOffset + name.Length + LargestNumberSize);

    private bool IsNew(Tally section, string option) => section.Existing == 0 || view.MeasureOption(section.Id, option) is null;

    private long OptionsOf(Tally section)
    {
        if (!section.IsMeasured && section.Existing > 0)
        {
            section.Put += view.MeasureOptions(section.Id);
        }

        section.IsMeasured = true;
        return section.Put;
    }

    private sealed class Tally(SectionId id)
    {
        public SectionId Id { get; } = id;

        public int EntrySize { get; set; }

        public int PrefixSize { get; set; }

        public int Existing { get; init; }

        public int Steps { get; set; }

        public long Put { get; set; }

        /// <summary>A bound of every value that this commit has set or moved to another name so far.</summary>
        public int LargestValue { get; set; }

        public bool IsMeasured { get; set; }
    }
}
