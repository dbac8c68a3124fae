using System.Diagnostics;
using Cms.Formats.Tables;

namespace Cms.Formats.Modules;

/// <summary>A module's state under pending changes: what it will be once they are applied.</summary>
/// <remarks>
/// Serves commands decided in one batch, staged sessions and folds of the journal. Invariants: the ground
/// is never changed; memory grows with the changes, not with the module, save that a move lists all section
/// ids and a renamed option lists its section's options. One thread at a time.
/// </remarks>
public sealed class Overlay : IModuleView
{
    private readonly IModuleView _ground;
    private readonly Dictionary<SectionId, PendingSection> _touched = [];
    private readonly Dictionary<string, SectionId?> _names = [];
    private readonly HashSet<SectionId> _removed = [];
    private readonly List<SectionId> _added = [];
    private readonly Dictionary<string, PendingTable?> _tables = [];
    private readonly List<string> _addedTables = [];
    private List<SectionId>? _order;

    // What the ground answered last: who changes a section has just looked for it.
    private SectionView? _lastGrounded;

    /// <summary>An overlay without changes.</summary>
    /// <param name="ground">The state below; must not change while this overlay is in use.</param>
    public Overlay(IModuleView ground)
    {
        _ground = ground;
        Revision = ground.Revision;
        NextSection = ground.NextSection;
        SectionCount = ground.SectionCount;
    }

    /// <inheritdoc/>
    public Revision Revision { get; private set; }

    /// <inheritdoc/>
    public SectionId NextSection { get; private set; }

    /// <inheritdoc/>
    public int SectionCount { get; private set; }

    /// <summary>The state below.</summary>
    internal IModuleView Ground => _ground;

    /// <summary>Whether no section is other than in the ground, nor stands elsewhere; tables may be.</summary>
    internal bool HasGroundSections => _touched.Count == 0 && _removed.Count == 0 && _order is null;

    /// <summary>The sections that are there and may be other than in the ground, in no particular order.</summary>
    internal IEnumerable<SectionView> TouchedSections => _touched.Values.Select(pending => pending.View);

    /// <summary>Whether a section, and all in it, is as in the ground.</summary>
    internal bool IsGround(SectionId id) => !_touched.ContainsKey(id) && !_removed.Contains(id);

    /// <summary>Applies one commit, which becomes the revision shown.</summary>
    /// <param name="revision">What the changed entries carry from now on.</param>
    /// <param name="changes">Valid one after the other in this state.</param>
    /// <exception cref="InvalidOperationException">A change names a section or option that is not there: a bug of the decider.</exception>
    public void Apply(Revision revision, IEnumerable<ModuleChange> changes)
    {
        Revision = revision;
        foreach (var change in changes)
        {
            Apply(change);
        }
    }

    /// <summary>Applies one change at the revision shown.</summary>
    /// <exception cref="InvalidOperationException">It names a section or option that is not there: a bug of the decider.</exception>
    public void Apply(ModuleChange change)
    {
        switch (change)
        {
            case ModuleChange.SectionAdded added:
                Add(added);
                break;
            case ModuleChange.SectionRemoved removed:
                Remove(removed.Section);
                break;
            case ModuleChange.SectionRenamed renamed:
                Rename(renamed);
                break;
            case ModuleChange.SectionRetyped retyped:
                var typed = Touch(retyped.Section);
                typed.View = typed.View with { Type = retyped.Type, Changed = Revision };
                break;
            case ModuleChange.SectionMoved moved:
                Move(moved);
                break;
            case ModuleChange.OptionSet set:
                Touch(set.Section).Options.Set(new OptionView(set.Option, set.Value, Revision));
                break;
            case ModuleChange.OptionRemoved removed:
                Touch(removed.Section).Options.Remove(removed.Option);
                break;
            case ModuleChange.OptionRenamed renamed:
                Touch(renamed.Section).Options.Rename(renamed.Option, renamed.NewOption, Revision);
                break;
            default:
                Apply((ModuleChange.OfTable)change);
                break;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<TableView> Tables()
    {
        var grounded = _tables.Count == 0 ? _ground.Tables() : _ground.Tables()
            .Select(table => !_tables.TryGetValue(table.Name, out var pending) ? table : _addedTables.Contains(table.Name) ? null : pending?.View)
            .OfType<TableView>();
        return grounded.Concat(_addedTables.Select(name => _tables[name]!.View));
    }

    /// <inheritdoc/>
    public TableView? FindTable(string table) => _tables.TryGetValue(table, out var pending) ? pending?.View : _ground.FindTable(table);

    /// <inheritdoc/>
    public IEnumerable<RowView> Rows(string table) => _tables.TryGetValue(table, out var pending) ? pending?.All() ?? [] : _ground.Rows(table);

    /// <inheritdoc/>
    public RowView? FindRow(string table, ReadOnlyMemory<byte> key) =>
        _tables.TryGetValue(table, out var pending) ? pending?.Find(key) : _ground.FindRow(table, key);

    /// <inheritdoc/>
    public IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) =>
        _tables.TryGetValue(table, out var pending) ? pending?.Find(column, value) ?? [] : _ground.FindRows(table, column, value);

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections()
    {
        if (_order is not null)
        {
            return _order.Select(id => FindSection(id)!);
        }

        var grounded = _removed.Count == 0 && _touched.Count == 0
            ? _ground.Sections()
            : _ground.Sections().Where(section => !_removed.Contains(section.Id))
                .Select(section => _touched.TryGetValue(section.Id, out var pending) ? pending.View : section);
        return grounded.Concat(_added.Select(id => _touched[id].View));
    }

    /// <summary>The 0-based place of a section that is there.</summary>
    public int PlaceOf(SectionId id) => _order?.IndexOf(id) ?? Sections().TakeWhile(section => section.Id != id).Count();

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) =>
        _touched.TryGetValue(id, out var pending) ? pending.View : _removed.Contains(id) ? null : _ground.FindSection(id);

    /// <inheritdoc/>
    public SectionView? FindSection(string name)
    {
        if (_names.TryGetValue(name, out var id))
        {
            return id is { } known ? FindSection(known) : null;
        }

        // What the ground has found need not be looked for again by its id.
        var grounded = _lastGrounded = _ground.FindSection(name);
        return grounded is null ? null
            : _touched.TryGetValue(grounded.Id, out var pending) ? pending.View
            : _removed.Contains(grounded.Id) ? null
            : grounded;
    }

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section) =>
        _touched.TryGetValue(section, out var pending) ? pending.Options.All()
        : _removed.Contains(section) ? []
        : _ground.Options(section);

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option) =>
        _touched.TryGetValue(section, out var pending) ? pending.Options.Find(option)
        : _removed.Contains(section) ? null
        : _ground.FindOption(section, option);

    private void Apply(ModuleChange.OfTable change)
    {
        switch (change)
        {
            case ModuleChange.TableCreated created:
                Require(FindTable(created.Table) is null, $"table {created.Table} is there");
                _tables[created.Table] = new(new TableView(created.Table, created.Schema, 0, Revision));
                _addedTables.Add(created.Table);
                break;
            case ModuleChange.TableDropped dropped:
                _ = Touch(dropped.Table);
                _addedTables.Remove(dropped.Table);
                _tables[dropped.Table] = null;
                break;
            case ModuleChange.RowInserted inserted:
                Touch(inserted.Table).Insert(inserted.Row, Revision);
                break;
            case ModuleChange.RowUpdated updated:
                Touch(updated.Table).Update(updated.Row, Revision);
                break;
            case ModuleChange.RowDeleted deleted:
                Touch(deleted.Table).Delete(deleted.Key);
                break;
            default:
                throw new UnreachableException($"unknown change {change.GetType().Name}");
        }
    }

    private PendingTable Touch(string name)
    {
        if (!_tables.TryGetValue(name, out var pending))
        {
            pending = _ground.FindTable(name) is { } table ? new(table, _ground) : null;
            _tables.Add(name, pending);
        }

        return pending ?? throw new InvalidOperationException($"table {name} is not there");
    }

    private void Add(ModuleChange.SectionAdded added)
    {
        Require(added.Section >= NextSection, "a section id is given twice");
        NextSection = added.Section.Next;
        SectionCount++;
        var view = new SectionView(added.Section, added.Type, added.Name, Revision);
        _touched.Add(added.Section, new PendingSection(view, new PendingOptions(EmptyModuleView.Instance, added.Section)));
        (_order ?? _added).Add(added.Section);
        if (added.Name is not null)
        {
            _names[added.Name] = added.Section;
        }
    }

    private void Remove(SectionId id)
    {
        var name = (FindSection(id) ?? throw Missing(id)).Name;
        SectionCount--;
        _touched.Remove(id);
        if (_order is not null)
        {
            _order.Remove(id);
        }
        else
        {
            _added.Remove(id);
        }

        _removed.Add(id);
        if (name is not null)
        {
            _names[name] = null;
        }
    }

    private void Rename(ModuleChange.SectionRenamed renamed)
    {
        var pending = Touch(renamed.Section);
        if (pending.View.Name is { } old)
        {
            _names[old] = null;
        }

        _names[renamed.Name] = renamed.Section;
        pending.View = pending.View with { Name = renamed.Name, Changed = Revision };
    }

    private void Move(ModuleChange.SectionMoved moved)
    {
        var pending = Touch(moved.Section);
        _order ??= [.. Sections().Select(section => section.Id)];
        _order.Remove(moved.Section);
        _order.Insert(moved.Index, moved.Section);
        pending.View = pending.View with { Changed = Revision };
    }

    private PendingSection Touch(SectionId id)
    {
        if (!_touched.TryGetValue(id, out var pending))
        {
            var view = _lastGrounded?.Id == id && !_removed.Contains(id) ? _lastGrounded : FindSection(id);
            pending = new PendingSection(view ?? throw Missing(id), new PendingOptions(_ground, id));
            _touched.Add(id, pending);
        }

        return pending;
    }

    private static InvalidOperationException Missing(SectionId id) => new($"section {id} is not there");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    private sealed class PendingSection(SectionView view, PendingOptions options)
    {
        public SectionView View { get; set; } = view;

        public PendingOptions Options { get; } = options;
    }
}
