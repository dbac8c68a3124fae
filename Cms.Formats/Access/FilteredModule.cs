using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Access;

/// <summary>A module that shows only what some actions are allowed on; everything else is as if it were not there.</summary>
/// <remarks>
/// A section shows when it, or an option that it could have, is allowed. A table shows when its primary key is, with the columns that are.
/// </remarks>
/// <param name="view">The whole module; must not change while this is in use.</param>
/// <param name="access">What is allowed.</param>
/// <param name="actions">Any of them suffices.</param>
internal sealed class FilteredModule(IModuleView view, ModuleAccess access, AccessAction[] actions) : IModuleView
{
    private readonly Dictionary<(string Type, string? Name), bool> _sections = [];
    private readonly Dictionary<string, FilteredTable?> _tables = [];

    public Revision Revision => view.Revision;

    public SectionId NextSection => view.NextSection;

    public int SectionCount => Sections().Count();

    public IEnumerable<SectionView> Sections() => view.Sections().Where(Shows);

    public SectionView? FindSection(SectionId id) => Known(view.FindSection(id));

    public SectionView? FindSection(string name) => Known(view.FindSection(name));

    public IEnumerable<OptionView> Options(SectionId section) =>
        view.FindSection(section) is { } holder ? view.Options(section).Where(option => Shows(holder, option.Name)) : [];

    public OptionView? FindOption(SectionId section, string option) =>
        view.FindSection(section) is { } holder && Shows(holder, option) ? view.FindOption(section, option) : null;

    public IEnumerable<TableView> Tables() => view.Tables().Select(table => Of(table)?.Shown).OfType<TableView>();

    public TableView? FindTable(string table) => Find(table)?.Shown;

    public IEnumerable<RowView> Rows(string table) => Find(table) is { } filtered ? view.Rows(table).Select(filtered.Show) : [];

    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) =>
        Find(table) is { } filtered && view.FindRow(table, key) is { } row ? filtered.Show(row) : null;

    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) =>
        Find(table) is { } filtered ? view.FindRows(table, filtered.PlaceOf(column), value).Select(filtered.Show) : [];

    private SectionView? Known(SectionView? section) => section is not null && Shows(section) ? section : null;

    private bool Shows(SectionView section)
    {
        var key = (section.Type, section.Name);
        if (!_sections.TryGetValue(key, out var shows))
        {
            shows = Array.Exists(actions, action => access.Extent(action, section) != AccessExtent.None);
            _sections.Add(key, shows);
        }

        return shows;
    }

    private bool Shows(SectionView section, string option) => Array.Exists(actions, action => access.Allows(action, section, option));

    private FilteredTable? Find(string table) => view.FindTable(table) is { } found ? Of(found) : null;

    private FilteredTable? Of(TableView table)
    {
        if (!_tables.TryGetValue(table.Name, out var filtered))
        {
            filtered = FilteredTable.TryCreate(table, column => Array.Exists(actions, action => access.AllowsColumn(action, table.Name, column)));
            _tables.Add(table.Name, filtered);
        }

        return filtered;
    }
}
