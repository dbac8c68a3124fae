using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Secrets;

/// <summary>A module as everybody may see it who may read it: <c>(secret)</c> in place of what is hidden.</summary>
/// <param name="ground">The module; must not change while this is in use.</param>
public sealed class RedactedView(IModuleView ground) : IModuleView
{
    /// <summary>The module as it is.</summary>
    internal IModuleView Ground => ground;

    /// <inheritdoc/>
    public Revision Revision => ground.Revision;

    /// <inheritdoc/>
    public SectionId NextSection => ground.NextSection;

    /// <inheritdoc/>
    public int SectionCount => ground.SectionCount;

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections() => ground.Sections();

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) => ground.FindSection(id);

    /// <inheritdoc/>
    public SectionView? FindSection(string name) => ground.FindSection(name);

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section) => ground.Options(section).Select(Redact);

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option) => ground.FindOption(section, option) is { } found ? Redact(found) : null;

    /// <inheritdoc/>
    public IEnumerable<TableView> Tables() => ground.Tables();

    /// <inheritdoc/>
    public TableView? FindTable(string table) => ground.FindTable(table);

    /// <inheritdoc/>
    public IEnumerable<RowView> Rows(string table) => ground.Rows(table);

    /// <inheritdoc/>
    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) => ground.FindRow(table, key);

    /// <inheritdoc/>
    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => ground.FindRows(table, column, value);

    private static OptionView Redact(OptionView option) => SealedText.IsHidden(option.Value) ? option with { Value = SealedText.Redact(option.Value) } : option;
}
