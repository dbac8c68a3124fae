using System.Diagnostics;
using Cms.Actors.Topics;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Actors.Access;

/// <summary>Leaves of changes what somebody may hear of. Pure.</summary>
/// <remarks>What somebody may not read of a commit is as if the commit did not have it, and then its message is not told either.</remarks>
public static class EventFilter
{
    /// <summary>An event as somebody may hear it; the same object when that is all of it, null when it is nothing.</summary>
    /// <param name="scope">What he may do.</param>
    /// <param name="happened">The event.</param>
    public static TopicEvent? Filter(AccessScope scope, TopicEvent happened)
    {
        if (scope.IsEverything)
        {
            return happened;
        }

        var access = scope.In(happened.Module.ToString());
        return access.Extent(AccessAction.Watch) switch
        {
            AccessExtent.All => happened,
            AccessExtent.None => null,
            _ => happened is TopicEvent.Committed committed ? Filter(access, committed) : happened,
        };
    }

    /// <summary>The changes that somebody may know of.</summary>
    /// <param name="access">What he may do in their module.</param>
    /// <param name="action">As what he wants to know of them: reading or watching.</param>
    /// <param name="changes">The changes.</param>
    public static IReadOnlyList<ToldChange> Filter(ModuleAccess access, AccessAction action, IReadOnlyList<ToldChange> changes) =>
        access.Extent(action) == AccessExtent.All ? changes : [.. changes.Select(told => Filter(access, action, told)).OfType<ToldChange>()];

    /// <summary>Whether changes were let through as they were.</summary>
    internal static bool IsAll(IReadOnlyList<ToldChange> changes, IReadOnlyList<ToldChange> shown) =>
        changes.Count == shown.Count && changes.Zip(shown).All(pair => ReferenceEquals(pair.First, pair.Second));

    // What is not told of a large commit may be something that he may hear of.
    private static TopicEvent.Committed? Filter(ModuleAccess access, TopicEvent.Committed committed)
    {
        var changes = Filter(access, AccessAction.Watch, committed.Changes);
        return changes.Count == 0 && committed.IsComplete ? null
            : IsAll(committed.Changes, changes) && changes.Count == committed.ChangeCount ? committed
            : committed with { Changes = changes, ChangeCount = changes.Count, IsComplete = committed.IsComplete, Origin = committed.Origin with { Message = "" } };
    }

    private static ToldChange? Filter(ModuleAccess access, AccessAction action, ToldChange told) => told.Change switch
    {
        ModuleChange.OfSection when told.Section is null => null,
        ModuleChange.OptionSet set => Told(access.Allows(action, told.Section!, set.Option), told),
        ModuleChange.OptionRemoved removed => Told(access.Allows(action, told.Section!, removed.Option), told),
        ModuleChange.OptionRenamed renamed => FilterRenamed(access, action, told, renamed),
        ModuleChange.SectionAdded => Told(Shows(access, action, told.Section!), told),
        ModuleChange.SectionRemoved => FilterRemoved(access, action, told),
        ModuleChange.SectionRenamed renamed => FilterRetitled(access, action, told, told.Section! with { Name = renamed.Name }),
        ModuleChange.SectionRetyped retyped => FilterRetitled(access, action, told, told.Section! with { Type = retyped.Type }),

        // Its place is one among all sections, those that do not show too.
        ModuleChange.SectionMoved => null,
        ModuleChange.OfTable ofTable => told.Schema is { } schema ? FilterTable(access, action, told, ofTable, schema) : null,
        _ => throw new UnreachableException($"unknown change {told.Change.GetType().Name}"),
    };

    private static ToldChange? Told(bool isAllowed, ToldChange told) => isAllowed ? told : null;

    private static bool Shows(ModuleAccess access, AccessAction action, SectionView section) => access.Extent(action, section) != AccessExtent.None;

    private static ToldChange? FilterRenamed(ModuleAccess access, AccessAction action, ToldChange told, ModuleChange.OptionRenamed renamed) =>
        (access.Allows(action, told.Section!, renamed.Option), access.Allows(action, told.Section!, renamed.NewOption)) switch
        {
            (true, true) => told,
            (true, false) => told with { Change = new ModuleChange.OptionRemoved(renamed.Section, renamed.Option) },
            (false, true) => told.OldOption is { } old ? told with { Change = new ModuleChange.OptionSet(renamed.Section, renamed.NewOption, old.Value), OldOption = null } : null,
            _ => null,
        };

    private static ToldChange? FilterRemoved(ModuleAccess access, AccessAction action, ToldChange told) =>
        !Shows(access, action, told.Section!) ? null
        : access.Extent(action, told.Section!) == AccessExtent.All ? told
        : told with { OldOptions = [.. told.OldOptions.Where(option => access.Allows(action, told.Section!, option.Name))] };

    private static ToldChange? FilterRetitled(ModuleAccess access, AccessAction action, ToldChange told, SectionView next) =>
        (Shows(access, action, told.Section!), Shows(access, action, next)) switch
        {
            (true, true) => told,
            (true, false) => told with { Change = new ModuleChange.SectionRemoved(next.Id) },
            (false, true) => told with { Change = new ModuleChange.SectionAdded(next.Id, next.Type, next.Name), Section = next },
            _ => null,
        };

    private static ToldChange? FilterTable(ModuleAccess access, AccessAction action, ToldChange told, ModuleChange.OfTable change, TableSchema schema)
    {
        if (FilteredTable.SchemaOf(schema, column => access.AllowsColumn(action, change.Table, column)) is not var (shown, places))
        {
            return null;
        }

        if (places.Length == schema.Columns.Count)
        {
            return told;
        }

        TableRow Pack(TableRow row) => FilteredTable.Pack(schema, shown, places, row);
        var old = told.OldRow is { } whole ? whole with { Row = Pack(whole.Row) } : null;
        ModuleChange? filtered = change switch
        {
            ModuleChange.TableCreated created => created with { Schema = shown },
            ModuleChange.RowInserted inserted => inserted with { Row = Pack(inserted.Row) },
            ModuleChange.RowUpdated updated => Pack(updated.Row) is var row && old?.Row == row ? null : updated with { Row = row },
            _ => change,
        };
        return filtered is null ? null : told with { Change = filtered, Schema = shown, OldRow = old };
    }
}
