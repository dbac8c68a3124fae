using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;

namespace Cms.Formats.Segments.Writing;

/// <summary>Bounds from above what applying some changes takes out of a file: block bytes and index slots.</summary>
/// <remarks>
/// It counts on no free block. Each change adds its bound to the tally of its section; what a removal or a rename of a
/// section touches is everything the tally knows by then. What happens to lists is for <see cref="ListTally"/>.
/// </remarks>
internal sealed class SpaceEstimate(SegmentView view)
{
    // No file is as large, and many of them still add up to a number.
    private const long Impossible = 1L << 40;

    // A commit of more, or to more, is worth a close look.
    private const int MostChangesForRough = 4;
    private const int MostEntriesForRough = 16_384;

    private const int LargestNumberSize = Varint.MaximumSize;
    private static readonly int LargestSectionSize = SizeClasses.RoundUp(BlockLayout.SectionTextOffset + (2 * SegmentKey.MaximumPrefixSize));
    private readonly Dictionary<long, Tally> _sections = [];
    private readonly SectionId _firstNew = view.NextSection;
    private readonly ListTally _module = new(view.SectionCount, leaves: null);
    private TableEstimate? _tables;

    /// <summary>Bytes of blocks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Slots of the index.</summary>
    public long Keys { get; private set; }

    /// <summary>The bound for these commits, in this order, on top of what the view shows.</summary>
    public static SpaceEstimate Of(SegmentView view, params IReadOnlyList<IReadOnlyCollection<ModuleChange>> commits)
    {
        var estimate = new SpaceEstimate(view);
        var mayChangeRows = commits.Any(changes => changes.Any(change => change is ModuleChange.RowUpdated or ModuleChange.RowDeleted));
        foreach (var changes in commits)
        {
            foreach (var change in changes)
            {
                estimate.Add(change, mayChangeRows);
            }

            estimate.EndCommit();
        }

        estimate.Bytes += estimate._tables?.Bytes ?? 0;

        // The module's own entry comes with its first section.
        estimate.Keys += (estimate._tables?.Keys ?? 0) + (estimate._firstNew.Value == 1 ? 1 : 0);
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
        if (changes.Count > MostChangesForRough || entries > MostEntriesForRough)
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
            bytes += ListTally.OneChangeBytes(entries + changes.Count, isRemoval: false);
        }

        return (bytes, changes.Count + 1);
    }

    /// <summary>
    /// The sizes of the blocks that changes take at most, free ones included. Known for options that are set or removed, of
    /// which at most one in each section comes or goes.
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
            if (!estimate.TryName(change, sizes, ref isAdding))
            {
                return null;
            }
        }

        return sizes;
    }

    /// <summary>Whether changes do nothing but remove.</summary>
    public static bool OnlyRemoves(IReadOnlyCollection<ModuleChange> changes) => changes.All(change =>
        change is ModuleChange.OptionRemoved or ModuleChange.SectionRemoved or ModuleChange.RowDeleted or ModuleChange.TableDropped);

    /// <summary>Bytes that the removal of an option takes at most from a file of so many entries.</summary>
    public static long ForRemoving(long entries) =>
        (2 * BlockLayout.ModuleSize) + LargestSectionSize + SizeClasses.RoundUp(BlockLayout.KeyOffset + BlockLayout.MaximumKeySize)
        + ListTally.OneChangeBytes(entries, isRemoval: true);

    private bool TryName(ModuleChange change, List<int> sizes, ref bool isAdding)
    {
        switch (change)
        {
            case ModuleChange.OptionSet set when set.Value.Encoding.Length <= BlockLayout.MaximumValueSize:
                var section = TallyOf(set.Section);
                var isNew = IsNew(section, set.Option);
                isAdding |= isNew;
                sizes.Add(OptionBytes(section, set.Option, set.Value.Encoding.Length));
                return !isNew || TryNameList(section, section.List.Count + 1, sizes);
            case ModuleChange.OptionRemoved removed:
                var owner = TallyOf(removed.Section);
                sizes.Add(OptionBytes(owner, removed.Option, 0));
                return TryNameList(owner, owner.List.Count - 1, sizes);
            default:
                return false;
        }
    }

    private static bool TryNameList(Tally section, int count, List<int> sizes)
    {
        if (section.List.IsChanged || section.EntrySize == 0 || count < 0)
        {
            return false;
        }

        sizes.Add(section.EntrySize);
        section.List.NameBlocks(count, sizes);
        section.List.Add();
        return true;
    }

    private void Add(ModuleChange change, bool mayChangeRows)
    {
        if (change is ModuleChange.OfTable ofTable)
        {
            _tables ??= new(view, mayChangeRows);
            _tables.Add(ofTable);
        }
        else if (change is ModuleChange.OfSection ofSection)
        {
            Add(ofSection, TallyOf(ofSection.Section));
        }
    }

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
                Remove(section, removed.Option);
                break;
            case ModuleChange.OptionRenamed renamed:
                Remove(section, renamed.Option);
                section.LargestValue = Math.Max(section.LargestValue, view.MeasureOption(section.Id, renamed.Option) ?? 0);
                Put(section, OptionBytes(section, renamed.NewOption, section.LargestValue), isNew: true);
                break;
            case ModuleChange.SectionAdded added:
                section.PrefixSize = added.Name?.Length ?? SegmentKey.IdSize;
                section.EntrySize = SizeClasses.RoundUp(BlockLayout.SectionTextOffset + added.Type.Length + section.PrefixSize);
                Bytes += section.EntrySize + NameBytes(added.Name);
                Keys += added.Name is null ? 1 : 2;
                _module.Add();
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
                _module.Remove();
                break;
            case ModuleChange.SectionRenamed renamed:
                Rename(section, renamed.Name);
                break;
            case ModuleChange.SectionRetyped retyped:
                section.EntrySize = SizeClasses.RoundUp(section.EntrySize + retyped.Type.Length);
                Bytes += section.EntrySize;
                break;
            default:
                _module.Remove();
                _module.Add();
                break;
        }
    }

    // Each option gets an entry under its new key and a tombstone under the old one, which is no larger than the old entry.
    private void Rename(Tally section, string name)
    {
        var options = OptionsOf(section);
        var count = section.List.CountNow;
        var longer = name.Length + LargestNumberSize + BlockLayout.WordSize;
        var moved = options + (options / 8) + ((long)count * longer * 9 / 8);
        Bytes += options + moved + NameBytes(name) + NameBytes(new string('n', section.PrefixSize));
        Keys += count + 1;
        section.EntrySize = SizeClasses.RoundUp(section.EntrySize + name.Length);
        Bytes += section.EntrySize;
        section.Put += moved;
        section.PrefixSize = Math.Max(section.PrefixSize, name.Length);
        section.List.Remove(count);
    }

    private void Put(Tally section, int bytes, bool isNew)
    {
        Bytes += bytes;
        section.Put += bytes;
        if (isNew)
        {
            section.List.Add();
            Keys++;
        }
    }

    // An option that is set again afterwards is new, whatever the view shows.
    private void Remove(Tally section, string option)
    {
        var bytes = OptionBytes(section, option, 0);
        Bytes += bytes;
        section.Put += bytes;
        section.List.Remove();
        section.HasLostOptions = true;
    }

    // Each commit has copies of its own of what it changes: those of the commit before can be seen.
    private void EndCommit()
    {
        foreach (var section in _sections.Values)
        {
            Bytes += (section.List.IsChanged && section.IsVisible ? section.EntrySize : 0) + section.List.EndCommit();
            section.IsVisible = true;
        }

        Bytes += (2 * BlockLayout.ModuleSize) + _module.EndCommit();
        _tables?.EndCommit();
    }

    private Tally TallyOf(SectionId id)
    {
        if (_sections.TryGetValue(id.Value, out var known))
        {
            return known;
        }

        var measure = id.Value < _firstNew.Value ? view.MeasureSection(id) : default;
        var tally = new Tally(id, new(measure.OptionCount, measure.Leaves))
        {
            EntrySize = measure.EntryBytes,
            PrefixSize = measure.PrefixBytes,
            IsVisible = id.Value < _firstNew.Value,
        };
        _sections.Add(id.Value, tally);
        return tally;
    }

    private static int OptionBytes(Tally section, string option, int valueSize) => OptionBytes(section.PrefixSize, option, valueSize);

    private static int OptionBytes(int prefixSize, string option, int valueSize) =>
        SizeClasses.RoundUp(EntryBuilder.OptionSize(prefixSize + 1 + option.Length, null, valueSize));

    private static int NameBytes(string? name) => name is null ? 0 : SizeClasses.RoundUp(BlockLayout.KeyOffset + name.Length + LargestNumberSize);

    private bool IsNew(Tally section, string option) => section.List.Count == 0 || section.HasLostOptions || view.MeasureOption(section.Id, option) is null;

    private long OptionsOf(Tally section)
    {
        if (!section.IsMeasured && section.List.Count > 0)
        {
            section.Put += view.MeasureOptions(section.Id);
        }

        section.IsMeasured = true;
        return section.Put;
    }

    private sealed class Tally(SectionId id, ListTally list)
    {
        public SectionId Id { get; } = id;

        /// <summary>Its options.</summary>
        public ListTally List { get; } = list;

        /// <summary>Whether a commit before this one has made it.</summary>
        public bool IsVisible { get; set; }

        /// <summary>Whether options of it were removed or renamed.</summary>
        public bool HasLostOptions { get; set; }

        public int EntrySize { get; set; }

        public int PrefixSize { get; set; }

        public long Put { get; set; }

        /// <summary>A bound of every value that this commit has set or moved to another name so far.</summary>
        public int LargestValue { get; set; }

        public bool IsMeasured { get; set; }
    }
}
