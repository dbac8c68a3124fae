using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Reading;

/// <summary>The module at one revision, read from the segment on demand; nothing of it is held.</summary>
/// <remarks>
/// One thread at a time, together with the reader or writer that it came from. Each method throws
/// <see cref="SnapshotTooOldException"/> once the revision is no longer kept, and <see cref="SegmentException"/>
/// when the file is damaged.
/// </remarks>
internal sealed class SegmentView(SegmentMemory memory, Revision revision) : IModuleView
{
    private readonly EntryReader _reader = new(memory);
    private TableReader? _tables;
    private TableState? _table;

    /// <inheritdoc/>
    public Revision Revision => revision;

    /// <inheritdoc/>
    public SectionId NextSection => new(FindModule() ? _reader.Entry.NextSection : 1);

    /// <inheritdoc/>
    public int SectionCount => FindModule() ? _reader.Entry.ListCount : 0;

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections()
    {
        if (!FindModule())
        {
            yield break;
        }

        var slots = new SlotCursor(_reader, _reader.Entry.ListReference, _reader.Entry.ListCount, revision.Value);
        while (slots.MoveNext())
        {
            Load(slots.Current, BlockKind.Section);
            yield return _reader.Entry.ToSection();
        }
    }

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) => FindSectionEntry(id.Value) ? _reader.Entry.ToSection() : null;

    /// <inheritdoc/>
    public SectionView? FindSection(string name)
    {
        if (!SegmentKey.IsName(name))
        {
            return null;
        }

        Span<byte> key = stackalloc byte[SegmentKey.MaximumPrefixSize];
        var size = Encoding.ASCII.GetBytes(name, key);
        return Find(key[..size], BlockKind.Name) && FindSectionEntry(_reader.Entry.SectionId) ? _reader.Entry.ToSection() : null;
    }

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section)
    {
        if (!FindSectionEntry(section.Value))
        {
            yield break;
        }

        var prefix = PrefixSize() + 1;
        foreach (var slot in ListReader.Members(_reader, _reader.Entry.ListReference, _reader.Entry.ListCount, revision.Value))
        {
            Load(slot, BlockKind.Option);
            if (_reader.Entry.Key.Length <= prefix || _reader.Entry.Key[prefix - 1] != (byte)'.')
            {
                throw memory.Corrupt("A section lists an option that is not its own.");
            }

            yield return ToOption(Encoding.ASCII.GetString(_reader.Entry.Key[prefix..]));
        }
    }

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option)
    {
        if (!SegmentKey.IsName(option) || !FindSectionEntry(section.Value))
        {
            return null;
        }

        Span<byte> key = stackalloc byte[BlockLayout.MaximumKeySize];
        var prefix = _reader.Entry.NameBytes.Length > 0 ? _reader.Entry.NameBytes : _reader.Entry.Key;
        return Find(key[..SegmentKey.WriteOption(key, prefix, option)], BlockKind.Option) ? ToOption(option) : null;
    }

    /// <inheritdoc/>
    public IEnumerable<TableView> Tables() => TableEntries.Names().Select(name => FindTable(name) ?? throw memory.Corrupt("A table is not found."));

    /// <inheritdoc/>
    public TableView? FindTable(string table) =>
        Table(table) is { } found ? new(found.Name, found.Schema, found.RowCount, found.Created) : null;

    /// <inheritdoc/>
    public IEnumerable<RowView> Rows(string table) => Table(table) is { } found ? Rows(found, TableEntries.Rows(found)) : [];

    /// <inheritdoc/>
    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) =>
        Table(table) is { } found && TableEntries.FindRow(found, key.Span) ? ToRow(found) : null;

    /// <inheritdoc/>
    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value)
    {
        if (Table(table) is not { } found)
        {
            return [];
        }

        if (column == found.Schema.PrimaryKey)
        {
            return TableEntries.FindRow(found, value.Span) ? [ToRow(found)] : [];
        }

        return TableEntries.Rows(found, column, value.Span) is { } slots ? Rows(found, slots) : [];
    }

    /// <summary>The file.</summary>
    internal SegmentMemory Memory => memory;

    /// <summary>The 0-based places of sections that are there, by their ids; one pass over the order of the module.</summary>
    internal Dictionary<SectionId, int> PlacesOf(IEnumerable<SectionId> sections)
    {
        var wanted = new Dictionary<uint, SectionId>();
        foreach (var section in sections)
        {
            if (FindSectionEntry(section.Value))
            {
                wanted[_reader.SlotNumber] = section;
            }
        }

        var places = new Dictionary<SectionId, int>();
        var place = 0;
        if (!FindModule())
        {
            return places;
        }

        foreach (var slot in ListReader.Members(_reader, _reader.Entry.ListReference, _reader.Entry.ListCount, revision.Value))
        {
            if (places.Count == wanted.Count)
            {
                break;
            }

            if (wanted.TryGetValue(slot, out var section))
            {
                places[section] = place;
            }

            place++;
        }

        return places;
    }

    /// <summary>Finds tables and rows at this view's revision.</summary>
    internal TableReader TableEntries => _tables ??= new(_reader, revision.Value);

    /// <summary>Bytes of the block of an option; null when the option is not there.</summary>
    internal int? MeasureOption(SectionId section, string option)
    {
        if (!SegmentKey.IsName(option) || !FindSectionEntry(section.Value))
        {
            return null;
        }

        Span<byte> key = stackalloc byte[BlockLayout.MaximumKeySize];
        var prefix = _reader.Entry.NameBytes.Length > 0 ? _reader.Entry.NameBytes : _reader.Entry.Key;
        return Find(key[..SegmentKey.WriteOption(key, prefix, option)], BlockKind.Option) ? _reader.Entry.Size : null;
    }

    /// <summary>What a section's entry, options and list take.</summary>
    internal SectionMeasure MeasureSection(SectionId section)
    {
        if (!FindSectionEntry(section.Value))
        {
            return default;
        }

        return new(_reader.Entry.Size, PrefixSize(), _reader.Entry.ListCount, LeavesOf(_reader.Entry.ListReference));
    }

    // For the writer, in whose own file no block changes meanwhile.
    private int LeavesOf(uint list)
    {
        var offset = (long)list * BlockLayout.WordSize;
        return list == 0 ? 0
            : (BlockLayout.KindByte(memory.Region.Read(offset + BlockLayout.DescriptorOffset)) & BlockLayout.KindMask) == (int)BlockKind.Leaf ? 1
            : (int)(memory.Region.Read(offset + BlockLayout.RootHeadOffset) & int.MaxValue);
    }

    /// <summary>Bytes of the blocks of all options of a section.</summary>
    internal long MeasureOptions(SectionId section)
    {
        if (!FindSectionEntry(section.Value))
        {
            return 0;
        }

        var bytes = 0L;
        foreach (var slot in ListReader.Members(_reader, _reader.Entry.ListReference, _reader.Entry.ListCount, revision.Value))
        {
            Load(slot, BlockKind.Option);
            bytes += _reader.Entry.Size;
        }

        return bytes;
    }

    // At one revision a table stays what it is, so the columns are read once for all rows that are asked for one by one.
    private TableState? Table(string name)
    {
        if (_table is { } last && last.Name == name)
        {
            return last;
        }

        return _table = TableEntries.FindTable(name);
    }

    private IEnumerable<RowView> Rows(TableState table, SlotCursor slots)
    {
        while (slots.MoveNext())
        {
            TableEntries.LoadRow(table, slots.Current);
            yield return ToRow(table);
        }
    }

    private RowView ToRow(in TableState table)
    {
        var row = TableEntries.Row(table.Schema);
        return new(row.ToRow(), row.Changed);
    }

    private int PrefixSize() => _reader.Entry.NameBytes.Length > 0 ? _reader.Entry.NameBytes.Length : SegmentKey.IdSize;

    private OptionView ToOption(string name) => new(
        name,
        _reader.Entry.ToValue() ?? throw memory.Corrupt("The bytes of a value do not fit its type."),
        new(_reader.Entry.Changed));

    private bool FindModule() => Find(SegmentKey.Module, BlockKind.Module);

    // Callers hand any number on that somebody typed, and the bytes of most are those of some name or option's key.
    private bool FindSectionEntry(long id)
    {
        if (!SegmentKey.IsId(id))
        {
            return false;
        }

        Span<byte> key = stackalloc byte[SegmentKey.IdSize];
        SegmentKey.WriteId(key, id);
        return Find(key, BlockKind.Section);
    }

    private bool Find(ReadOnlySpan<byte> key, BlockKind kind) => _reader.Find(key, revision.Value) switch
    {
        LookupResult.Missing => false,
        LookupResult.TooOld => throw new SnapshotTooOldException(revision),
        _ when _reader.Entry.Kind == kind => true,
        _ => throw memory.Corrupt("A key leads to an entry of another kind."),
    };

    private void Load(uint slot, BlockKind kind)
    {
        var result = _reader.FindAt(slot, revision.Value);
        if (result == LookupResult.TooOld)
        {
            throw new SnapshotTooOldException(revision);
        }

        if (result != LookupResult.Found || _reader.Entry.Kind != kind)
        {
            throw memory.Corrupt("A list names an entry that is not there.");
        }
    }
}

/// <summary>Sizes of a section; all zero when it is not there.</summary>
/// <param name="EntryBytes">Bytes of its entry's block.</param>
/// <param name="PrefixBytes">Bytes of its options' keys in front of the dot.</param>
/// <param name="OptionCount">How many options it has.</param>
/// <param name="Leaves">How many leaves the list of its options has.</param>
internal readonly record struct SectionMeasure(int EntryBytes, int PrefixBytes, int OptionCount, int Leaves);
