using Cms.Formats.Tables;

namespace Cms.Formats.Modules;

/// <summary>A state of another journal's module with the ids that this module has for its sections.</summary>
/// <remarks>Sections are matched as <see cref="SectionMatcher"/> does; those without a counterpart get ids that were never given.</remarks>
public sealed class RenumberedModule : IModuleView
{
    private readonly IModuleView _content;
    private readonly Dictionary<SectionId, SectionId> _toOurs = [];
    private readonly Dictionary<SectionId, SectionId> _toTheirs = [];

    /// <summary>Gives sections the ids of their counterparts.</summary>
    /// <param name="content">The state; must not change while this is in use.</param>
    /// <param name="ours">The module that the ids are of; only read now.</param>
    public RenumberedModule(IModuleView content, IModuleView ours)
    {
        _content = content;
        var match = SectionMatcher.Match(ours, content);
        foreach (var (our, their) in match.OldToNew)
        {
            Pair(our, their);
        }

        var next = ours.NextSection;
        foreach (var their in match.OnlyNew)
        {
            Pair(next, their);
            next = next.Next;
        }

        NextSection = next;
    }

    /// <inheritdoc/>
    public Revision Revision => _content.Revision;

    /// <inheritdoc/>
    public SectionId NextSection { get; }

    /// <inheritdoc/>
    public int SectionCount => _content.SectionCount;

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections() => _content.Sections().Select(Rename);

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) =>
        _toTheirs.TryGetValue(id, out var their) && _content.FindSection(their) is { } section ? Rename(section) : null;

    /// <inheritdoc/>
    public SectionView? FindSection(string name) => _content.FindSection(name) is { } section ? Rename(section) : null;

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section) => _toTheirs.TryGetValue(section, out var their) ? _content.Options(their) : [];

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option) =>
        _toTheirs.TryGetValue(section, out var their) ? _content.FindOption(their, option) : null;

    /// <inheritdoc/>
    public IEnumerable<TableView> Tables() => _content.Tables();

    /// <inheritdoc/>
    public TableView? FindTable(string table) => _content.FindTable(table);

    /// <inheritdoc/>
    public IEnumerable<RowView> Rows(string table) => _content.Rows(table);

    /// <inheritdoc/>
    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) => _content.FindRow(table, key);

    /// <inheritdoc/>
    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => _content.FindRows(table, column, value);

    private void Pair(SectionId our, SectionId their)
    {
        _toOurs.Add(their, our);
        _toTheirs.Add(our, their);
    }

    private SectionView Rename(SectionView section) => section with { Id = _toOurs[section.Id] };
}
