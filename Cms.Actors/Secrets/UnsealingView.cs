using Cms.Formats.Modules;
using Cms.Formats.Secrets;
using Cms.Formats.Tables;

namespace Cms.Actors.Secrets;

/// <summary>A module with the plain text of its secrets, for those who decide, and for those who may see it.</summary>
/// <param name="ground">The module, with sealed values; must not change while this is in use, save that an overlay may grow.</param>
/// <param name="unseal">Unseals a value at its place.</param>
/// <param name="isWanted">Whether an option of a section is unsealed; null for all.</param>
/// <param name="isShown">Whether the plain values are without the mark that has them hidden.</param>
internal sealed class UnsealingView(IModuleView ground, SecretUnsealer unseal, Func<SectionId, string, bool>? isWanted = null, bool isShown = false) : IModuleView
{
    public Revision Revision => ground.Revision;

    public SectionId NextSection => ground.NextSection;

    public int SectionCount => ground.SectionCount;

    public IEnumerable<SectionView> Sections() => ground.Sections();

    public SectionView? FindSection(SectionId id) => ground.FindSection(id);

    public SectionView? FindSection(string name) => ground.FindSection(name);

    public IEnumerable<OptionView> Options(SectionId section) =>
        ground.Options(section).Select(option => Unseal(section, option));

    public OptionView? FindOption(SectionId section, string option) =>
        ground.FindOption(section, option) is { } found ? Unseal(section, found) : null;

    public IEnumerable<TableView> Tables() => ground.Tables();

    public TableView? FindTable(string table) => ground.FindTable(table);

    public IEnumerable<RowView> Rows(string table) => ground.Rows(table);

    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) => ground.FindRow(table, key);

    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => ground.FindRows(table, column, value);

    private OptionView Unseal(SectionId section, OptionView option)
    {
        if (!SealedText.IsSealed(option.Value) || isWanted?.Invoke(section, option.Name) == false)
        {
            return option;
        }

        var plain = unseal(section, option.Name, option.Value);
        return option with { Value = isShown ? plain.AsShown() : plain };
    }
}
