using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Tests.Segments;

/// <summary>The plainest possible projection of changes: lists and nothing else. Segments are compared with it.</summary>
internal sealed class ModuleModel : IModuleView
{
    private readonly List<ModelSection> _sections = [];
    private readonly List<ModelTable> _tables = [];
    private long _next = 1;

    public Revision Revision { get; private set; }

    public SectionId NextSection => new(_next);

    public int SectionCount => _sections.Count;

    public IReadOnlyList<ModelSection> All => _sections;

    public IReadOnlyList<ModelTable> AllTables => _tables;

    public ModuleModel Clone()
    {
        var copy = new ModuleModel { Revision = Revision, _next = _next };
        copy._sections.AddRange(_sections.Select(section => new ModelSection(section.View, [.. section.Options])));
        copy._tables.AddRange(_tables.Select(table => table.Clone()));
        return copy;
    }

    public void Apply(Revision revision, IEnumerable<ModuleChange> changes)
    {
        Revision = revision;
        foreach (var change in changes)
        {
            Apply(change);
        }
    }

    public IEnumerable<SectionView> Sections() => _sections.Select(section => section.View);

    public SectionView? FindSection(SectionId id) => _sections.Find(section => section.View.Id == id)?.View;

    public SectionView? FindSection(string name) => _sections.Find(section => section.View.Name == name)?.View;

    public IEnumerable<OptionView> Options(SectionId section) => _sections.Find(item => item.View.Id == section)?.Options ?? [];

    public OptionView? FindOption(SectionId section, string option) => Options(section).FirstOrDefault(item => item.Name == option);

    public IEnumerable<TableView> Tables() => _tables.Select(table => table.View);

    public TableView? FindTable(string table) => Table(table)?.View;

    public IEnumerable<RowView> Rows(string table) => Table(table)?.Rows ?? [];

    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) => Table(table)?.Find(key);

    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => Table(table)?.Find(column, value) ?? [];

    private ModelTable? Table(string name) => _tables.Find(table => table.Name == name);

    private void Apply(ModuleChange change)
    {
        switch (change)
        {
            case ModuleChange.TableCreated created:
                _tables.Add(new(created.Table, created.Schema, Revision));
                break;
            case ModuleChange.TableDropped dropped:
                _tables.Remove(Table(dropped.Table)!);
                break;
            case ModuleChange.OfTable ofTable:
                Table(ofTable.Table)!.Apply(ofTable, Revision);
                break;
            default:
                Apply((ModuleChange.OfSection)change);
                break;
        }
    }

    private void Apply(ModuleChange.OfSection change)
    {
        if (change is ModuleChange.SectionAdded added)
        {
            _sections.Add(new(new(added.Section, added.Type, added.Name, Revision), []));
            _next = Math.Max(_next, added.Section.Value + 1);
            return;
        }

        var section = _sections.Single(item => item.View.Id == change.Section);
        switch (change)
        {
            case ModuleChange.SectionRemoved:
                _sections.Remove(section);
                break;
            case ModuleChange.SectionRenamed renamed:
                section.View = section.View with { Name = renamed.Name, Changed = Revision };
                break;
            case ModuleChange.SectionRetyped retyped:
                section.View = section.View with { Type = retyped.Type, Changed = Revision };
                break;
            case ModuleChange.SectionMoved moved:
                _sections.Remove(section);
                _sections.Insert(moved.Index, section);
                section.View = section.View with { Changed = Revision };
                break;
            default:
                ApplyToOption(section.Options, change);
                break;
        }
    }

    private void ApplyToOption(List<OptionView> options, ModuleChange change)
    {
        switch (change)
        {
            case ModuleChange.OptionSet set:
                var place = options.FindIndex(option => option.Name == set.Option);
                if (place < 0)
                {
                    options.Add(new(set.Option, set.Value, Revision));
                }
                else
                {
                    options[place] = new(set.Option, set.Value, Revision);
                }

                break;
            case ModuleChange.OptionRemoved removed:
                options.RemoveAt(options.FindIndex(option => option.Name == removed.Option));
                break;
            case ModuleChange.OptionRenamed renamed:
                var old = options.FindIndex(option => option.Name == renamed.Option);
                options[old] = new(renamed.NewOption, options[old].Value, Revision);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}

/// <summary>A section of the model.</summary>
internal sealed class ModelSection(SectionView view, List<OptionView> options)
{
    public SectionView View { get; set; } = view;

    public List<OptionView> Options { get; } = options;
}
