using System.Diagnostics;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Formats.Tables;

namespace Cms.Actors.Access;

/// <summary>Compares the changes of one commit with what may be changed. Used once.</summary>
/// <remarks>
/// What goes, moves or is called otherwise needs the right to write on all of it; under its new name too, and there the right to read
/// must not be more than before, since otherwise a new name would show what the old one hides.
/// </remarks>
/// <param name="access">What is allowed in the module.</param>
/// <param name="before">The module before the first of the changes.</param>
/// <param name="isOfKnown">Whether the changes name only what the caller has named himself or may know of, save what goes with a section.</param>
internal sealed class ChangeCheck(ModuleAccess access, IModuleView before, bool isOfKnown)
{
    private readonly Overlay _state = new(before);

    /// <summary>What of the changes is not allowed, in words that say nothing that the caller may not read; null when all is.</summary>
    public string? Find(IReadOnlyList<ModuleChange> changes)
    {
        foreach (var change in changes)
        {
            var denied = change switch
            {
                ModuleChange.OfSection ofSection => FindInSection(ofSection),
                ModuleChange.OfTable ofTable => FindInTable(ofTable),
                _ => throw new UnreachableException($"unknown change {change.GetType().Name}"),
            };
            if (denied is not null)
            {
                return denied;
            }

            _state.Apply(change);
        }

        return null;
    }

    private string? FindInSection(ModuleChange.OfSection change)
    {
        if (change is ModuleChange.SectionAdded added)
        {
            return FindSection(new SectionView(added.Section, added.Type, added.Name, default), AccessAction.Write) ?? FindTaken(added.Name);
        }

        var section = _state.FindSection(change.Section) ?? throw new InvalidOperationException($"section {change.Section} is not there");
        return change switch
        {
            ModuleChange.OptionSet set => FindOption(section, set.Option, AccessAction.Write, isOfKnown),
            ModuleChange.OptionRemoved removed => FindOption(section, removed.Option, AccessAction.Write, isOfKnown),
            ModuleChange.OptionRenamed renamed => FindOption(section, renamed.Option, AccessAction.Write, isOfKnown)
                ?? FindOption(section, renamed.NewOption, AccessAction.Write, isOfKnown)
                ?? (Reads(section, renamed.NewOption) ? FindOption(section, renamed.Option, AccessAction.Read) : null),
            ModuleChange.SectionRemoved or ModuleChange.SectionMoved => FindWhole(section, section),
            ModuleChange.SectionRenamed renamed => FindWhole(section, section with { Name = renamed.Name }) ?? FindTaken(renamed.Name),
            ModuleChange.SectionRetyped retyped => FindWhole(section, section with { Type = retyped.Type }),
            _ => throw new UnreachableException($"unknown change {change.GetType().Name}"),
        };
    }

    // Who may give a name and does not see that it is taken hears no more of it than that it cannot be.
    private string? FindTaken(string? name) => name is not null && _state.FindSection(name) is not null ? Hidden : null;

    private string? FindWhole(SectionView section, SectionView next)
    {
        if ((FindSection(section, AccessAction.Write) ?? FindSection(next, AccessAction.Write)) is { } denied)
        {
            return denied;
        }

        foreach (var option in _state.Options(section.Id))
        {
            var found = FindOption(section, option.Name, AccessAction.Write) ?? FindOption(next, option.Name, AccessAction.Write)
                ?? (!ReferenceEquals(section, next) && Reads(next, option.Name) ? FindOption(section, option.Name, AccessAction.Read) : null);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private string? FindInTable(ModuleChange.OfTable change)
    {
        if (SchemaTable.IsConcerned(change))
        {
            return access.AllowsTable(AccessAction.Admin, change.Table) ? null : $"change the schema of module {access.Module}";
        }

        var whole = change switch
        {
            ModuleChange.TableCreated created => created.Schema,
            ModuleChange.TableDropped or ModuleChange.RowInserted or ModuleChange.RowDeleted => SchemaOf(change.Table),
            _ => null,
        };
        if (change is ModuleChange.TableCreated or ModuleChange.TableDropped && !access.AllowsTable(AccessAction.Write, change.Table))
        {
            return access.AllowsTable(AccessAction.Read, change.Table) || change is ModuleChange.TableCreated ? $"write table {access.Module}.{change.Table}" : Hidden;
        }

        if (change is ModuleChange.TableCreated && _state.FindTable(change.Table) is not null)
        {
            return Hidden;
        }

        return change is ModuleChange.RowUpdated updated ? FindInRow(updated) : whole!.Columns.Select(column => FindColumn(change.Table, column.Name)).FirstOrDefault(found => found is not null);
    }

    private string? FindInRow(ModuleChange.RowUpdated updated)
    {
        var schema = SchemaOf(updated.Table);
        var (old, now) = (TableQuery.ToValues(schema, _state.FindRow(updated.Table, updated.Row.Key)!), TableQuery.ToValues(schema, new(updated.Row, default)));
        return now.Where(column => !column.Value.Equals(old[column.Key])).Select(column => FindColumn(updated.Table, column.Key)).FirstOrDefault(found => found is not null);
    }

    private TableSchema SchemaOf(string table) => (_state.FindTable(table) ?? throw new InvalidOperationException($"table {table} is not there")).Schema;

    private string Hidden => $"write all of what this changes in module {access.Module}";

    private bool Reads(SectionView section, string option) => access.Allows(AccessAction.Read, section, option);

    private string? FindSection(SectionView section, AccessAction action) =>
        access.Allows(action, section) ? null
        : isOfKnown || access.Extent(AccessAction.Read, section) != AccessExtent.None ? $"{AccessRules.NameOf(action)} {AccessPath.OfSection(access.Module, section.Type, section.Name)}"
        : Hidden;

    private string? FindOption(SectionView section, string option, AccessAction action, bool isNamed = false) =>
        access.Allows(action, section, option) ? null
        : isNamed || Reads(section, option) ? $"{AccessRules.NameOf(action)} {AccessPath.OfOption(access.Module, section.Type, section.Name, option)}"
        : Hidden;

    private string? FindColumn(string table, string column) =>
        access.AllowsColumn(AccessAction.Write, table, column) ? null
        : access.AllowsColumn(AccessAction.Read, table, column) ? $"write {AccessPath.OfColumn(access.Module, table, column)}"
        : Hidden;
}
