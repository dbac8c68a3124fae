using Cms.Formats.Modules;

namespace Cms.Actors.Topics;

/// <summary>Says of each change of a commit what it is about and what was there before. Pure.</summary>
internal static class CommitStory
{
    /// <summary>Tells the first changes of a commit.</summary>
    /// <param name="state">The module before the commit; every change is applied to it.</param>
    /// <param name="apply">Applies one change to <paramref name="state"/>.</param>
    /// <param name="changes">Of the commit, in order.</param>
    /// <param name="withOld">Whether somebody wants to know what was there before.</param>
    public static IReadOnlyList<ToldChange> Tell(IModuleView state, Action<ModuleChange> apply, IReadOnlyList<ModuleChange> changes, bool withOld)
    {
        var told = new List<ToldChange>();
        var room = TopicLimits.MaxToldBytes;
        foreach (var change in changes)
        {
            if (room > 0 && told.Count < TopicLimits.MaxToldChanges)
            {
                told.Add(TellOne(state, change, withOld));
                room -= Measure(change);
            }

            apply(change);
        }

        return told;
    }

    /// <summary>About how many bytes of memory a change takes.</summary>
    public static long Measure(ModuleChange change) => 128 + change switch
    {
        ModuleChange.OptionSet set => set.Value.Encoding.Length,
        ModuleChange.RowInserted inserted => inserted.Row.Key.Length + inserted.Row.Content.Length,
        ModuleChange.RowUpdated updated => updated.Row.Key.Length + updated.Row.Content.Length,
        _ => 0,
    };

    /// <summary>Tells one change.</summary>
    /// <param name="state">The module just before it.</param>
    /// <param name="change">The change, which is not applied.</param>
    /// <param name="withOld">Whether somebody wants to know what was there before.</param>
    public static ToldChange TellOne(IModuleView state, ModuleChange change, bool withOld)
    {
        var told = change switch
        {
            ModuleChange.SectionAdded added => new ToldChange(change) { Section = new SectionView(added.Section, added.Type, added.Name, state.Revision) },
            ModuleChange.OfSection ofSection => new ToldChange(change) { Section = state.FindSection(ofSection.Section) },
            ModuleChange.TableCreated created => new ToldChange(change) { Schema = created.Schema },
            ModuleChange.OfTable ofTable => new ToldChange(change) { Schema = state.FindTable(ofTable.Table)?.Schema },
            _ => throw new System.Diagnostics.UnreachableException($"unknown change {change.GetType().Name}"),
        };
        return withOld ? WithOld(state, told) : told;
    }

    private static ToldChange WithOld(IModuleView state, ToldChange told) => told.Change switch
    {
        ModuleChange.OptionSet set => told with { OldOption = state.FindOption(set.Section, set.Option) },
        ModuleChange.OptionRemoved removed => told with { OldOption = state.FindOption(removed.Section, removed.Option) },
        ModuleChange.OptionRenamed renamed => told with { OldOption = state.FindOption(renamed.Section, renamed.Option) },
        ModuleChange.SectionRemoved removed => told with { OldOptions = [.. state.Options(removed.Section)] },
        ModuleChange.RowUpdated updated => told with { OldRow = state.FindRow(updated.Table, updated.Row.Key) },
        ModuleChange.RowDeleted deleted => told with { OldRow = state.FindRow(deleted.Table, deleted.Key) },
        _ => told,
    };
}
