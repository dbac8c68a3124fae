using Cms.Formats.Modules;
using Cms.Formats.Tables;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>What the sections and tables that some past commits touch were called then, known from the state as it is now.</summary>
/// <remarks>A view that finds sections and tables alone; it has no order, options or rows. One thread at a time.</remarks>
internal sealed class PastNames : IModuleView
{
    private readonly Dictionary<SectionId, SectionView> _sections = [];
    private readonly Dictionary<string, TableView> _tables = [];

    private PastNames(Revision after) => Revision = after;

    /// <inheritdoc/>
    public Revision Revision { get; }

    /// <inheritdoc/>
    public SectionId NextSection => throw new NotSupportedException();

    /// <inheritdoc/>
    public int SectionCount => throw new NotSupportedException();

    /// <summary>Finds the names, or null when something that the commits touch was renamed, removed or changed otherwise since.</summary>
    /// <param name="newest">The module now.</param>
    /// <param name="after">The revision before the first commit.</param>
    /// <param name="commits">Consecutive.</param>
    public static PastNames? TryFind(IModuleView newest, Revision after, IReadOnlyList<JournaledCommit> commits)
    {
        var names = new PastNames(after);
        var born = new HashSet<SectionId>();
        var created = new HashSet<string>();
        foreach (var change in commits.SelectMany(commit => commit.Changes))
        {
            var isKnown = change switch
            {
                ModuleChange.SectionAdded added => born.Add(added.Section),
                ModuleChange.OfSection ofSection => born.Contains(ofSection.Section) || names.Take(newest.FindSection(ofSection.Section)),
                ModuleChange.TableCreated table => created.Add(table.Table),
                ModuleChange.OfTable ofTable => created.Contains(ofTable.Table) || names.Take(newest.FindTable(ofTable.Table)),
                _ => false,
            };
            if (!isKnown)
            {
                return null;
            }
        }

        return names;
    }

    /// <summary>Follows what a change does to names.</summary>
    public void Apply(ModuleChange change)
    {
        switch (change)
        {
            case ModuleChange.SectionAdded added:
                _sections[added.Section] = new SectionView(added.Section, added.Type, added.Name, Revision);
                break;
            case ModuleChange.SectionRenamed renamed:
                _sections[renamed.Section] = _sections[renamed.Section] with { Name = renamed.Name };
                break;
            case ModuleChange.SectionRetyped retyped:
                _sections[retyped.Section] = _sections[retyped.Section] with { Type = retyped.Type };
                break;
            case ModuleChange.TableCreated created:
                _tables[created.Table] = new TableView(created.Table, created.Schema, 0, Revision);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections() => throw new NotSupportedException();

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) => _sections.GetValueOrDefault(id);

    /// <inheritdoc/>
    public SectionView? FindSection(string name) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section) => throw new NotSupportedException();

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option) => throw new NotSupportedException();

    /// <inheritdoc/>
    public TableView? FindTable(string table) => _tables.GetValueOrDefault(table);

    // What was last added, renamed, retyped or moved before the commits was called so all the time.
    private bool Take(SectionView? section) =>
        section is not null && section.Changed <= Revision && (_sections.TryAdd(section.Id, section) || true);

    private bool Take(TableView? table) =>
        table is not null && table.Changed <= Revision && (_tables.TryAdd(table.Name, table) || true);
}
