// Invariants:
// - Everything above the visible revision is hidden: Project writes entries first and then stores the visible revision,
//   and that one store shows the commit. Only then are replaced blocks given back and waiters woken.
// - A commit that threw half way leaves this object useless: nothing but opening the file anew undoes it.
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;

namespace Cms.Formats.Segments.Writing;

/// <summary>One segment file and all that its writer needs to change it.</summary>
/// <remarks>Writer thread only.</remarks>
internal sealed class SegmentFile : IDisposable
{
    private readonly EntryWriter _entries;
    private readonly LeafWriter _leaves;
    private readonly SectionChanges _sections;
    private readonly OptionChanges _options;
    private readonly TableChanges _tables;
    private bool _isBroken;
    private PlantedFault _fault;

    /// <summary>Takes over a file.</summary>
    public SegmentFile(SegmentMemory memory, SegmentOptions options)
    {
        Memory = memory;
        var builder = new EntryBuilder();
        Blocks = new(memory, options.GrowthBytes);
        Index = new(memory);
        Retention = new(memory, Blocks, Index, options);
        _entries = new(memory, Blocks, Index, Retention, builder);
        _leaves = new(memory, Blocks, Retention, builder);
        var roots = new RootWriter(memory, Blocks, _leaves, builder);
        var lists = new ListWriter(memory, _leaves, roots);
        var owners = new ListOwner(memory, _entries, lists);
        _sections = new(memory, _entries, lists, owners);
        _options = new(memory, _entries, owners, _sections);
        _tables = new(memory, _entries, lists, owners, new TableIndexes(memory, _entries, _leaves, roots));
    }

    /// <summary>The mapping.</summary>
    public SegmentMemory Memory { get; }

    /// <summary>Its blocks.</summary>
    public BlockStore Blocks { get; }

    /// <summary>Its index.</summary>
    public IndexWriter Index { get; }

    /// <summary>What is kept for readers of past revisions.</summary>
    public VersionRetention Retention { get; }

    /// <summary>What is visible.</summary>
    public Revision Visible => new(Memory.Visible);

    /// <summary>The module as it is visible now.</summary>
    public SegmentView View => new SegmentView(Memory, Visible);

    /// <summary>A fault for tests of the tests.</summary>
    public PlantedFault Fault
    {
        set
        {
            _fault = value;
            Blocks.Fault = value;
            Index.Fault = value;
            Retention.Fault = value;
        }
    }

    /// <summary>Applies a commit and makes it visible.</summary>
    public void Project(Revision revision, IReadOnlyList<ModuleChange> changes)
    {
        Begin(revision.Value);
        if (_fault == PlantedFault.VisibleEarly)
        {
            Memory.Region.Write(HeaderLayout.VisibleOffset, (ulong)revision.Value);
        }

        for (var index = 0; index < changes.Count; index++)
        {
            Apply(changes[index]);
        }

        Publish(revision.Value);
        _isBroken = false;
    }

    /// <summary>Fills a new file with the state that a view shows, each option under the revision that set it.</summary>
    public void CopyFrom(IModuleView view)
    {
        Begin(view.Revision.Value);
        foreach (var section in view.Sections())
        {
            _sections.Add(section.Id.Value, section.Type, section.Name, section.Changed.Value);
            foreach (var option in view.Options(section.Id))
            {
                _options.Set(section.Id.Value, option.Name, option.Value, option.Changed.Value);
            }
        }

        foreach (var table in view.Tables())
        {
            _tables.Create(table.Name, table.Schema, table.Changed.Value);
            foreach (var row in view.Rows(table.Name))
            {
                _tables.Insert(table.Name, row.Row, row.Changed.Value);
            }
        }

        _sections.SetNextSection(view.NextSection.Value);
        Memory.Region.Write(HeaderLayout.OldestOffset, (ulong)view.Revision.Value);
        Memory.Region.Write(HeaderLayout.VisibleOffset, (ulong)view.Revision.Value);
        _isBroken = false;
    }

    /// <summary>Wakes all who wait for a change of this file.</summary>
    public void WakeWaiters()
    {
        Memory.Region.Write(HeaderLayout.FutexOffset, unchecked(BlockLayout.Low(Memory.Region.Read(HeaderLayout.FutexOffset)) + 1));
        Futex.WakeAll(Memory.Region, HeaderLayout.FutexOffset);
    }

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();

    private void Begin(long revision)
    {
        if (_isBroken)
        {
            throw new SegmentException(SegmentError.Inconsistent, Memory.Path, "An earlier commit failed half way; open the file anew.");
        }

        _isBroken = true;
        _entries.Revision = revision;
        _leaves.Revision = revision;
        _sections.Reset();
        _tables.Reset();
    }

    private void Publish(long revision)
    {
        Memory.Region.Write(HeaderLayout.VisibleOffset, (ulong)revision);
        WakeWaiters();
        Retention.Release(revision);
    }

    private void Apply(ModuleChange change)
    {
        switch (change)
        {
            case ModuleChange.RowInserted inserted:
                _tables.Insert(inserted.Table, inserted.Row);
                break;
            case ModuleChange.RowUpdated updated:
                _tables.Update(updated.Table, updated.Row);
                break;
            case ModuleChange.RowDeleted deleted:
                _tables.Delete(deleted.Table, deleted.Key.Span);
                break;
            case ModuleChange.TableCreated created:
                _tables.Create(created.Table, created.Schema, _entries.Revision);
                break;
            case ModuleChange.TableDropped dropped:
                _tables.Drop(dropped.Table);
                break;
            case ModuleChange.OfSection ofSection:
                Apply(ofSection, ofSection.Section.Value);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Apply(ModuleChange.OfSection change, long section)
    {
        switch (change)
        {
            case ModuleChange.OptionSet set:
                _options.Set(section, set.Option, set.Value);
                break;
            case ModuleChange.OptionRemoved removed:
                _options.Remove(section, removed.Option);
                break;
            case ModuleChange.OptionRenamed renamed:
                _options.Rename(section, renamed.Option, renamed.NewOption);
                break;
            case ModuleChange.SectionAdded added:
                _sections.Add(section, added.Type, added.Name, _entries.Revision);
                break;
            case ModuleChange.SectionRemoved:
                _sections.Remove(section);
                break;
            case ModuleChange.SectionRenamed renamed:
                _sections.Rename(section, renamed.Name);
                break;
            case ModuleChange.SectionRetyped retyped:
                _sections.Retype(section, retyped.Type);
                break;
            case ModuleChange.SectionMoved moved:
                _sections.Move(section, moved.Index);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
