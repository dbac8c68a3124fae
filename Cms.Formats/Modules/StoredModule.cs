using Cms.Formats.Tables;

namespace Cms.Formats.Modules;

/// <summary>A whole module as it was stored, with its ids and the revision of each entry; built once, in order, then only read.</summary>
/// <remarks>
/// Built in a time that grows with its size: each section, then its options, then the tables, each before its rows.
/// A row is found by its primary key at once, and by another column by looking at all rows of the table.
/// </remarks>
public sealed class StoredModule : IModuleView
{
    /// <summary>How many options a section may have that are found by looking at each.</summary>
    private const int FewOptions = 16;

    private readonly List<StoredSection> _sections = [];
    private readonly Dictionary<SectionId, StoredSection> _byId = [];
    private readonly Dictionary<string, StoredSection> _byName = new(StringComparer.Ordinal);
    private readonly List<StoredTable> _tables = [];

    /// <summary>A module without anything in it.</summary>
    /// <param name="revision">What it shows.</param>
    /// <param name="nextSection">The id that the next section to be born gets.</param>
    public StoredModule(Revision revision, SectionId nextSection) => (Revision, NextSection) = (revision, nextSection);

    /// <inheritdoc/>
    public Revision Revision { get; }

    /// <inheritdoc/>
    public SectionId NextSection { get; }

    /// <inheritdoc/>
    public int SectionCount => _sections.Count;

    /// <summary>Copies a view whole.</summary>
    /// <exception cref="Segments.SnapshotTooOldException">The view is one of a segment, which no longer keeps its revision.</exception>
    public static StoredModule CopyOf(IModuleView view)
    {
        var copy = new StoredModule(view.Revision, view.NextSection);
        foreach (var section in view.Sections())
        {
            Require(copy.TryAdd(section), section);
            foreach (var option in view.Options(section.Id))
            {
                Require(copy.TryAdd(option), option);
            }
        }

        foreach (var table in view.Tables())
        {
            Require(copy.TryAdd(table), table);
            foreach (var row in view.Rows(table.Name))
            {
                Require(copy.TryAdd(row), table);
            }
        }

        return copy;
    }

    /// <summary>Puts a section behind the last one.</summary>
    /// <returns>False when its id or name is taken, or its id is not below <see cref="NextSection"/>; nothing was done then.</returns>
    public bool TryAdd(SectionView section)
    {
        var stored = new StoredSection(section);
        if (section.Id >= NextSection || (section.Name is not null && _byName.ContainsKey(section.Name)) || !_byId.TryAdd(section.Id, stored))
        {
            return false;
        }

        if (section.Name is not null)
        {
            _byName.Add(section.Name, stored);
        }

        _sections.Add(stored);
        return true;
    }

    /// <summary>Puts an option behind the last one of the last section.</summary>
    /// <returns>False when there is no section, or it has an option of this name; nothing was done then.</returns>
    public bool TryAdd(OptionView option) => _sections.Count > 0 && _sections[^1].TryAdd(option);

    /// <summary>Puts a table without rows behind the last one; its count of rows is counted anew.</summary>
    /// <returns>False when its name is taken; nothing was done then.</returns>
    public bool TryAdd(TableView table)
    {
        if (_tables.Exists(other => other.View.Name == table.Name))
        {
            return false;
        }

        _tables.Add(new StoredTable(table with { RowCount = 0 }));
        return true;
    }

    /// <summary>Puts a row behind the last one of the last table.</summary>
    /// <returns>False when there is no table, these are no bytes of a row of it, or its primary key is taken; nothing was done then.</returns>
    public bool TryAdd(RowView row) => _tables.Count > 0 && _tables[^1].TryAdd(row);

    private static void Require(bool isAdded, object part)
    {
        if (!isAdded)
        {
            throw new InvalidOperationException($"a view has {part} twice");
        }
    }

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections() => _sections.Select(section => section.View);

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) => _byId.GetValueOrDefault(id)?.View;

    /// <inheritdoc/>
    public SectionView? FindSection(string name) => _byName.GetValueOrDefault(name)?.View;

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section) => _byId.GetValueOrDefault(section)?.Options ?? [];

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option) => _byId.GetValueOrDefault(section)?.Find(option);

    /// <inheritdoc/>
    public IEnumerable<TableView> Tables() => _tables.Select(table => table.View);

    /// <inheritdoc/>
    public TableView? FindTable(string table) => Table(table)?.View;

    /// <inheritdoc/>
    public IEnumerable<RowView> Rows(string table) => Table(table)?.Rows ?? [];

    /// <inheritdoc/>
    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) => Table(table)?.Find(key);

    /// <inheritdoc/>
    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => Table(table)?.Find(column, value) ?? [];

    private StoredTable? Table(string name) => _tables.Find(table => table.View.Name == name);

    private sealed class StoredSection(SectionView view)
    {
        private readonly List<OptionView> _options = [];
        private Dictionary<string, OptionView>? _byName;

        public SectionView View { get; } = view;

        public IEnumerable<OptionView> Options => _options;

        public bool TryAdd(OptionView option)
        {
            if (Find(option.Name) is not null)
            {
                return false;
            }

            _options.Add(option);
            if (_byName is not null)
            {
                _byName.Add(option.Name, option);
            }
            else if (_options.Count > FewOptions)
            {
                _byName = _options.ToDictionary(each => each.Name, StringComparer.Ordinal);
            }

            return true;
        }

        public OptionView? Find(string name) =>
            _byName is not null ? _byName.GetValueOrDefault(name) : _options.Find(option => option.Name == name);
    }

    private sealed class StoredTable(TableView view)
    {
        private readonly List<RowView> _rows = [];
        private readonly Dictionary<ReadOnlyMemory<byte>, RowView> _byKey = new(BytesComparer.Instance);

        public TableView View => view with { RowCount = _rows.Count };

        public IEnumerable<RowView> Rows => _rows;

        public bool TryAdd(RowView row)
        {
            if (!view.Schema.IsRow(row.Row) || !_byKey.TryAdd(row.Row.Key, row))
            {
                return false;
            }

            _rows.Add(row);
            return true;
        }

        public RowView? Find(ReadOnlyMemory<byte> key) => _byKey.GetValueOrDefault(key);

        public IEnumerable<RowView> Find(int column, ReadOnlyMemory<byte> value) =>
            column == view.Schema.PrimaryKey ? (Find(value) is { } row ? [row] : []) : _rows.Where(row => Holds(row.Row, column, value.Span));

        private bool Holds(TableRow row, int column, ReadOnlySpan<byte> value)
        {
            Span<byte> scratch = stackalloc byte[sizeof(long)];
            return new RowReader(view.Schema, row.Key.Span, row.Content.Span, default).IndexedValue(column, scratch).SequenceEqual(value);
        }
    }
}
