using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Secrets;
using Cms.Formats.Tables;

namespace Cms.Cli;

/// <summary>A module with the secrets that the daemon has told of; those that it has not stay <c>(secret)</c>.</summary>
/// <param name="ground">The module, redacted, perhaps with what is staged.</param>
/// <param name="told">The committed module as the daemon shows it.</param>
internal sealed class RevealedView(IModuleView ground, ModuleContent told) : IModuleView
{
    private readonly Dictionary<SectionId, SectionReport> _told = told.Sections.ToDictionary(section => new SectionId(section.Id));

    public Revision Revision => ground.Revision;

    public SectionId NextSection => ground.NextSection;

    public int SectionCount => ground.SectionCount;

    public IEnumerable<SectionView> Sections() => ground.Sections();

    public SectionView? FindSection(SectionId id) => ground.FindSection(id);

    public SectionView? FindSection(string name) => ground.FindSection(name);

    public IEnumerable<OptionView> Options(SectionId section) => ground.Options(section).Select(option => Reveal(section, option));

    public OptionView? FindOption(SectionId section, string option) => ground.FindOption(section, option) is { } found ? Reveal(section, found) : null;

    public IEnumerable<TableView> Tables() => ground.Tables();

    public TableView? FindTable(string table) => ground.FindTable(table);

    public IEnumerable<RowView> Rows(string table) => ground.Rows(table);

    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) => ground.FindRow(table, key);

    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => ground.FindRows(table, column, value);

    private OptionView Reveal(SectionId section, OptionView option) =>
        SealedText.IsRedacted(option.Value) && _told.TryGetValue(section, out var shown) && shown.Options.TryGetValue(option.Name, out var value)
            ? option with { Value = value }
            : option;
}
