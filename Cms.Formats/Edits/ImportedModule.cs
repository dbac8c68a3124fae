using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>The sections of a content that came from outside, with its tables or the module's own, and with those that the house keeps in the module.</summary>
internal sealed class ImportedModule(IModuleView content, bool hasTables, IModuleView current) : IModuleView
{
    public Revision Revision => content.Revision;

    public SectionId NextSection => content.NextSection;

    public int SectionCount => content.SectionCount;

    public IEnumerable<SectionView> Sections() => content.Sections();

    public SectionView? FindSection(SectionId id) => content.FindSection(id);

    public SectionView? FindSection(string name) => content.FindSection(name);

    public IEnumerable<OptionView> Options(SectionId section) => content.Options(section);

    public OptionView? FindOption(SectionId section, string option) => content.FindOption(section, option);

    public IEnumerable<TableView> Tables() => current.Tables().Where(table => IsKept(table.Name)).Concat(hasTables ? content.Tables() : []);

    public TableView? FindTable(string table) => Of(table).FindTable(table);

    public IEnumerable<RowView> Rows(string table) => Of(table).Rows(table);

    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) => Of(table).FindRow(table, key);

    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => Of(table).FindRows(table, column, value);

    private bool IsKept(string table) => !hasTables || table.StartsWith(ModuleImport.ReservedTables, StringComparison.Ordinal);

    private IModuleView Of(string table) => IsKept(table) ? current : content;
}
