using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>Says in what two states of one module differ.</summary>
/// <remarks>
/// Sections are matched by their permanent ids, and those that were restored under another id by name or by content. Values are
/// compared with their types. Linear in the sizes of both states, save for the moved sections, which take a logarithm more. Pure.
/// </remarks>
public static class ModuleDiff
{
    /// <summary>The differences: sections that are gone, then those that are there in their order, then tables.</summary>
    /// <param name="before">The earlier state.</param>
    /// <param name="after">The later state.</param>
    /// <returns>Found as they are consumed; neither state may change meanwhile.</returns>
    public static IEnumerable<ModuleDifference> Between(IModuleView before, IModuleView after)
    {
        var pairs = new SectionPairs(before, after);
        return GoneSections(before, pairs).Concat(PresentSections(before, after, pairs)).Concat(Tables(before, after));
    }

    private static IEnumerable<ModuleDifference> GoneSections(IModuleView before, SectionPairs pairs)
    {
        foreach (var (section, path) in SectionLookup.DescribeAll(before))
        {
            if (pairs.AfterOf(section.Id) is not null)
            {
                continue;
            }

            yield return new ModuleDifference.SectionRemoved(path, section.Id, section.Type, section.Name);
            foreach (var option in before.Options(section.Id))
            {
                yield return new ModuleDifference.OptionChanged($"{path}.{option.Name}", section.Id, option.Name, option.Value, null);
            }
        }
    }

    private static IEnumerable<ModuleDifference> PresentSections(IModuleView before, IModuleView after, SectionPairs pairs)
    {
        var moves = MovesOf(before, after, pairs);
        foreach (var (section, path) in SectionLookup.DescribeAll(after))
        {
            var differences = pairs.BeforeOf(section.Id) is { } id
                ? Changed(before, before.FindSection(id)!, after, section, path)
                : Added(after, section, path);
            foreach (var difference in differences)
            {
                yield return difference;
            }

            if (moves.TryGetValue(section.Id, out var move))
            {
                yield return new ModuleDifference.SectionMoved(path, section.Id, move.OldIndex, move.Index);
            }
        }
    }

    private static IEnumerable<ModuleDifference> Added(IModuleView after, SectionView section, string path)
    {
        yield return new ModuleDifference.SectionAdded(path, section.Id, section.Type, section.Name);
        foreach (var option in after.Options(section.Id))
        {
            yield return new ModuleDifference.OptionChanged($"{path}.{option.Name}", section.Id, option.Name, null, option.Value);
        }
    }

    private static IEnumerable<ModuleDifference> Changed(IModuleView before, SectionView old, IModuleView after, SectionView section, string path)
    {
        if (old.Name != section.Name)
        {
            yield return new ModuleDifference.SectionRenamed(path, section.Id, old.Name, section.Name);
        }

        if (old.Type != section.Type)
        {
            yield return new ModuleDifference.SectionRetyped(path, section.Id, old.Type, section.Type);
        }

        if (OptionSequence.AreEqual(before, old.Id, after, section.Id))
        {
            yield break;
        }

        var olds = before.Options(old.Id).ToList();
        var news = after.Options(section.Id).ToList();
        foreach (var difference in ChangedOptions(olds, news, section.Id, path))
        {
            yield return difference;
        }

        var (oldOrder, order) = (olds.ConvertAll(option => option.Name), news.ConvertAll(option => option.Name));
        if (!SequenceOrder.IsKept(oldOrder, order))
        {
            yield return new ModuleDifference.OptionsReordered(path, section.Id, oldOrder, order);
        }
    }

    private static IEnumerable<ModuleDifference> ChangedOptions(List<OptionView> olds, List<OptionView> news, SectionId section, string path)
    {
        var oldByName = olds.ToDictionary(option => option.Name, option => option.Value);
        var isThere = news.Select(option => option.Name).ToHashSet();
        foreach (var option in olds.Where(option => !isThere.Contains(option.Name)))
        {
            yield return new ModuleDifference.OptionChanged($"{path}.{option.Name}", section, option.Name, option.Value, null);
        }

        foreach (var option in news)
        {
            var old = oldByName.GetValueOrDefault(option.Name);
            if (!option.Value.Equals(old))
            {
                yield return new ModuleDifference.OptionChanged($"{path}.{option.Name}", section, option.Name, old, option.Value);
            }
        }
    }

    private static Dictionary<SectionId, (int OldIndex, int Index)> MovesOf(IModuleView before, IModuleView after, SectionPairs pairs)
    {
        var common = before.Sections().Select(section => pairs.AfterOf(section.Id)).OfType<SectionId>();
        if (common.SequenceEqual(after.Sections().Select(section => section.Id).Where(id => pairs.BeforeOf(id) is not null)))
        {
            return [];
        }

        var oldIndexes = before.Sections().Select((section, index) => (section.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index);
        var places = after.Sections().Select((section, index) => (section.Id, Index: index, Before: pairs.BeforeOf(section.Id)))
            .Where(place => place.Before is not null)
            .Select(place => (place.Id, place.Index, OldIndex: oldIndexes[place.Before!.Value]))
            .ToList();
        var steady = SequenceOrder.FindSteady(places.ConvertAll(place => place.OldIndex));
        return places.Where((_, index) => !steady[index]).ToDictionary(place => place.Id, place => (place.OldIndex, place.Index));
    }

    private static IEnumerable<ModuleDifference> Tables(IModuleView before, IModuleView after)
    {
        foreach (var table in before.Tables().Where(table => !table.Schema.Equals(after.FindTable(table.Name)?.Schema)))
        {
            yield return new ModuleDifference.TableDropped(table.Name, table.Name, table.Schema);
            foreach (var row in before.Rows(table.Name))
            {
                yield return OfRow(table, row.Row, null);
            }
        }

        foreach (var table in after.Tables())
        {
            var isOld = table.Schema.Equals(before.FindTable(table.Name)?.Schema);
            if (!isOld)
            {
                yield return new ModuleDifference.TableCreated(table.Name, table.Name, table.Schema);
            }

            foreach (var difference in isOld ? Rows(before, after, table) : after.Rows(table.Name).Select(row => OfRow(table, null, row.Row)))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<ModuleDifference> Rows(IModuleView before, IModuleView after, TableView table)
    {
        if (before.Rows(table.Name).Select(row => row.Row).SequenceEqual(after.Rows(table.Name).Select(row => row.Row)))
        {
            yield break;
        }

        foreach (var row in before.Rows(table.Name).Where(row => after.FindRow(table.Name, row.Row.Key) is null))
        {
            yield return OfRow(table, row.Row, null);
        }

        foreach (var row in after.Rows(table.Name))
        {
            var old = before.FindRow(table.Name, row.Row.Key)?.Row;
            if (old != row.Row)
            {
                yield return OfRow(table, old, row.Row);
            }
        }

        var oldOrder = before.Rows(table.Name).Select(row => row.Row.Key).Where(key => after.FindRow(table.Name, key) is not null);
        var order = after.Rows(table.Name).Select(row => row.Row.Key).Where(key => before.FindRow(table.Name, key) is not null);
        if (!oldOrder.SequenceEqual(order, BytesComparer.Instance))
        {
            yield return new ModuleDifference.RowsReordered(table.Name, table.Name);
        }
    }

    private static ModuleDifference.RowChanged OfRow(TableView table, TableRow? old, TableRow? row) =>
        new(TableEdits.PathOf(table, (row ?? old)!.Value), table.Name, table.Schema, old, row);
}
