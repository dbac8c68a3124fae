using Cms.Formats.Modules;

namespace Cms.Formats.Schemas.Checking;

/// <summary>What changes touch in a section that is there afterwards.</summary>
internal sealed class ChangedSection
{
    /// <summary>Whether the section is new or of another type, so that all of it has to be looked at.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Whether it has another name.</summary>
    public bool IsRenamed { get; set; }

    /// <summary>The options that were set, removed or renamed, by both names.</summary>
    public HashSet<string> Options { get; } = new(StringComparer.Ordinal);
}

/// <summary>What a list of changes touches, in the order of the first touch.</summary>
internal sealed class ChangedSections
{
    private readonly Dictionary<SectionId, ChangedSection> _sections = [];

    /// <summary>Sorts changes by sections and tables.</summary>
    public ChangedSections(IReadOnlyList<ModuleChange> changes)
    {
        foreach (var change in changes)
        {
            Take(change);
        }
    }

    /// <summary>The sections touched, with those that are gone again.</summary>
    public IReadOnlyDictionary<SectionId, ChangedSection> Sections => _sections;

    /// <summary>The rows inserted and updated, by their keys; null for a table that was created or dropped.</summary>
    public Dictionary<string, List<ReadOnlyMemory<byte>>?> Tables { get; } = new(StringComparer.Ordinal);

    /// <summary>The sections that went, got another name or another type.</summary>
    public HashSet<SectionId> Displaced { get; } = [];

    private void Take(ModuleChange change)
    {
        switch (change)
        {
            case ModuleChange.SectionAdded added:
                Touch(added.Section).IsWhole = true;
                break;
            case ModuleChange.SectionRemoved removed:
                Displaced.Add(removed.Section);
                break;
            case ModuleChange.SectionRenamed renamed:
                Touch(renamed.Section).IsRenamed = true;
                Displaced.Add(renamed.Section);
                break;
            case ModuleChange.SectionRetyped retyped:
                Touch(retyped.Section).IsWhole = true;
                Displaced.Add(retyped.Section);
                break;
            case ModuleChange.OptionSet set:
                Touch(set.Section).Options.Add(set.Option);
                break;
            case ModuleChange.OptionRemoved removed:
                Touch(removed.Section).Options.Add(removed.Option);
                break;
            case ModuleChange.OptionRenamed renamed:
                Touch(renamed.Section).Options.UnionWith([renamed.Option, renamed.NewOption]);
                break;
            case ModuleChange.RowInserted inserted:
                TouchRow(inserted.Table, inserted.Row.Key);
                break;
            case ModuleChange.RowUpdated updated:
                TouchRow(updated.Table, updated.Row.Key);
                break;
            case ModuleChange.TableCreated or ModuleChange.TableDropped:
                Tables[((ModuleChange.OfTable)change).Table] = null;
                break;
            default:
                break;
        }
    }

    private ChangedSection Touch(SectionId id)
    {
        if (!_sections.TryGetValue(id, out var section))
        {
            section = new ChangedSection();
            _sections.Add(id, section);
        }

        return section;
    }

    private void TouchRow(string table, ReadOnlyMemory<byte> key)
    {
        if (!Tables.TryGetValue(table, out var keys))
        {
            keys = [];
            Tables.Add(table, keys);
        }

        keys?.Add(key);
    }
}
