using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Edits;

public class ModuleDiffTests
{
    [Fact]
    public void Every_difference_of_random_histories_is_told_once_and_nothing_else()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var history = new RandomHistory(seed) { TablePercent = seed % 3 * 25 };
            _ = history.NextCommit(60);
            var before = history.Model.Clone();
            _ = history.NextCommit(1 + (seed % 30));
            var after = history.Model;
            var differences = ModuleDiff.Between(before, after).ToList();
            Assert.Empty(ModuleDiff.Between(after, after));
            AssertOptions(before, after, differences, $"seed {seed}");
            AssertSections(before, after, differences, $"seed {seed}");
            AssertRows(before, after, differences, $"seed {seed}");
        }
    }

    [Fact]
    public void Sections_options_tables_and_rows_are_told_with_old_and_new()
    {
        var before = new Overlay(EmptyModuleView.Instance);
        before.Apply(new(1), [
            new ModuleChange.SectionAdded(new(1), "interface", "lan"),
            new ModuleChange.OptionSet(new(1), "mtu", ConfigValue.FromInt(1500)),
            new ModuleChange.OptionSet(new(1), "dns", ConfigValue.FromTexts(["a"])),
            new ModuleChange.SectionAdded(new(2), "rule", null),
            new ModuleChange.SectionAdded(new(3), "interface", "wan"),
            new ModuleChange.SectionAdded(new(4), "host", "gone"),
            new ModuleChange.OptionSet(new(4), "ip", ConfigValue.FromText("1"))]);
        var after = new Overlay(before);
        after.Apply(new(2), [
            new ModuleChange.OptionSet(new(1), "mtu", ConfigValue.FromText("1500")),
            new ModuleChange.OptionRemoved(new(1), "dns"),
            new ModuleChange.SectionRetyped(new(2), "redirect"),
            new ModuleChange.OptionSet(new(2), "src", ConfigValue.FromText("lan")),
            new ModuleChange.SectionRenamed(new(3), "wan6"),
            new ModuleChange.SectionMoved(new(3), 0),
            new ModuleChange.SectionRemoved(new(4)),
            new ModuleChange.SectionAdded(new(5), "rule", null)]);

        Assert.Equal(
            [
                "SectionRemoved gone", "OptionChanged gone.ip 1 -> none", "SectionRenamed wan6", "SectionMoved wan6", "OptionChanged lan.dns a -> none",
                "OptionChanged lan.mtu 1500 -> 1500", "SectionRetyped @redirect[0]", "OptionChanged @redirect[0].src none -> lan", "SectionAdded @rule[0]",
            ],
            ModuleDiff.Between(before, after).Select(Describe));
        Assert.Equal(["OptionsReordered lan"], ModuleDiff.Between(WithOptions("p", "q"), WithOptions("q", "p")).Select(Describe));
    }

    [Fact]
    public void A_section_that_was_restored_under_another_id_is_the_same_one()
    {
        var before = new Overlay(EmptyModuleView.Instance);
        before.Apply(new(1), [
            new ModuleChange.SectionAdded(new(1), "interface", "lan"),
            new ModuleChange.OptionSet(new(1), "mtu", ConfigValue.FromInt(1500)),
            new ModuleChange.SectionAdded(new(2), "rule", null),
            new ModuleChange.OptionSet(new(2), "src", ConfigValue.FromText("lan"))]);
        var after = new Overlay(before);
        after.Apply(new(2), [
            new ModuleChange.SectionRemoved(new(1)),
            new ModuleChange.SectionRemoved(new(2)),
            new ModuleChange.SectionAdded(new(3), "interface", "lan"),
            new ModuleChange.OptionSet(new(3), "mtu", ConfigValue.FromInt(1400)),
            new ModuleChange.SectionAdded(new(4), "rule", null),
            new ModuleChange.OptionSet(new(4), "src", ConfigValue.FromText("lan"))]);

        Assert.Equal("OptionChanged lan.mtu 1500 -> 1400", Describe(Assert.Single(ModuleDiff.Between(before, after))));
    }

    private static Overlay WithOptions(params string[] options)
    {
        var view = new Overlay(EmptyModuleView.Instance);
        view.Apply(new(1), [new ModuleChange.SectionAdded(new(1), "interface", "lan"), .. options.Select(option => new ModuleChange.OptionSet(new(1), option, ConfigValue.FromBool(true)))]);
        return view;
    }

    private static string Describe(ModuleDifference difference) => $"{difference.GetType().Name} {difference.Path}"
        + (difference is ModuleDifference.OptionChanged option ? $" {option.OldValue?.ToString() ?? "none"} -> {option.Value?.ToString() ?? "none"}" : "");

    // Options of sections that have kept their ids, listed without any help of the code under test.
    private static void AssertOptions(ModuleModel before, ModuleModel after, List<ModuleDifference> differences, string context)
    {
        var olds = OptionsOf(before, after);
        var news = OptionsOf(after, before);
        var expected = olds.Keys.Union(news.Keys).Where(key => !Equals(olds.GetValueOrDefault(key), news.GetValueOrDefault(key))).ToHashSet();
        var told = differences.OfType<ModuleDifference.OptionChanged>()
            .Where(difference => before.FindSection(difference.Section) is not null && after.FindSection(difference.Section) is not null).ToList();
        Assert.True(expected.SetEquals(told.Select(difference => (difference.Section, difference.Option))), context);
        Assert.All(told, difference => Assert.True(
            Equals(olds.GetValueOrDefault((difference.Section, difference.Option)), difference.OldValue)
            && Equals(news.GetValueOrDefault((difference.Section, difference.Option)), difference.Value),
            $"{context}: {difference}"));
        Assert.True(told.Count == expected.Count, context);
    }

    private static Dictionary<(SectionId Section, string Option), ConfigValue> OptionsOf(ModuleModel view, ModuleModel other) => view.Sections()
        .Where(section => other.FindSection(section.Id) is not null)
        .SelectMany(section => view.Options(section.Id).Select(option => (Key: (section.Id, option.Name), option.Value)))
        .ToDictionary(pair => pair.Key, pair => pair.Value);

    private static void AssertSections(ModuleModel before, ModuleModel after, List<ModuleDifference> differences, string context)
    {
        foreach (var section in before.Sections().Where(section => after.FindSection(section.Id) is not null))
        {
            var now = after.FindSection(section.Id)!;
            Assert.True((section.Name != now.Name) == differences.OfType<ModuleDifference.SectionRenamed>().Any(each => each.Section == section.Id), context);
            Assert.True((section.Type != now.Type) == differences.OfType<ModuleDifference.SectionRetyped>().Any(each => each.Section == section.Id), context);
        }

        // Taking the moved ones away leaves the rest in order, and without need none is told.
        var moved = differences.OfType<ModuleDifference.SectionMoved>().Select(each => each.Section).ToHashSet();
        var olds = before.Sections().Select(section => section.Id).Where(id => after.FindSection(id) is not null).ToList();
        var news = after.Sections().Select(section => section.Id).Where(id => before.FindSection(id) is not null).ToList();
        Assert.True(olds.Where(id => !moved.Contains(id)).SequenceEqual(news.Where(id => !moved.Contains(id))), context);
        Assert.True(moved.Count == 0 || !olds.SequenceEqual(news) || before.Sections().Any(section => after.FindSection(section.Id) is null), context);
    }

    private static void AssertRows(ModuleModel before, ModuleModel after, List<ModuleDifference> differences, string context)
    {
        var olds = RowsOf(before);
        var news = RowsOf(after);
        var told = differences.OfType<ModuleDifference.RowChanged>().ToList();
        var isReplaced = differences.OfType<ModuleDifference.TableCreated>().Select(each => each.Table).ToHashSet();
        var expected = olds.Keys.Union(news.Keys).Count(key => !isReplaced.Contains(key[..2]) && olds.GetValueOrDefault(key) != news.GetValueOrDefault(key));
        Assert.True(told.Count(each => !isReplaced.Contains(each.Table)) == expected, context);
        Assert.All(told.Where(each => !isReplaced.Contains(each.Table)), each => Assert.True(each.OldRow != each.Row, context));
    }

    private static Dictionary<string, string> RowsOf(ModuleModel view) => view.Tables()
        .SelectMany(table => view.Rows(table.Name).Select(row => (Key: $"{table.Name}.{Convert.ToHexString(row.Row.Key.Span)}", Content: Convert.ToHexString(row.Row.Content.Span))))
        .ToDictionary(pair => pair.Key, pair => pair.Content);
}
