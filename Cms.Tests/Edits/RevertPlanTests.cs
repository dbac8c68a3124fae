using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Edits;

public class RevertPlanTests
{
    [Fact]
    public void With_nobody_in_between_the_earlier_state_comes_back_whole()
    {
        for (var seed = 0; seed < 600; seed++)
        {
            var history = new RandomHistory(seed) { TablePercent = seed % 3 * 25 };
            _ = history.NextCommit(60);
            var before = history.Model.Clone();
            _ = history.NextCommit(1 + (seed % 40));
            var after = history.Model.Clone();
            var plan = Plan(before, after, after, ModuleScope.Module);
            var result = Run(plan, after, $"seed {seed}");
            Assert.Empty(plan.Kept);
            AssertSameContent(before, result, $"seed {seed}");
            Assert.True(!ModuleDiff.Between(before, result).Any(), $"seed {seed}: {ModuleDiff.Between(before, result).FirstOrDefault()}");
            Assert.Empty(Plan(before, result, result, ModuleScope.Module).Operations);
            Assert.All(result.Sections(), section => Assert.True(after.FindSection(section.Id) is not null || section.Id >= after.NextSection, $"seed {seed}: {section} has an old id"));
        }
    }

    [Fact]
    public void What_others_changed_since_is_left_alone_and_what_they_did_not_is_taken_back()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var history = new RandomHistory(seed) { TablePercent = seed % 3 * 25 };
            _ = history.NextCommit(60);
            var before = history.Model.Clone();
            _ = history.NextCommit(1 + (seed % 15));
            var after = history.Model.Clone();
            _ = history.NextCommit(1 + (seed % 13));
            var current = history.Model.Clone();
            var plan = Plan(before, after, current, ModuleScope.Module);
            var result = Run(plan, current, $"seed {seed}");
            AssertOptions(before, after, current, result, plan.Kept, $"seed {seed}");
            AssertOthersSections(after, current, result, $"seed {seed}");
            AssertOthersRows(before, after, current, result, $"seed {seed}");
        }
    }

    [Fact]
    public void One_section_goes_back_and_no_other()
    {
        for (var seed = 0; seed < 600; seed++)
        {
            var history = new RandomHistory(seed) { TablePercent = 20 };
            _ = history.NextCommit(60);
            var before = history.Model.Clone();
            _ = history.NextCommit(1 + (seed % 30));
            var after = history.Model.Clone();
            if (before.SectionCount == 0)
            {
                continue;
            }

            var section = before.All[seed % before.SectionCount].View;
            var plan = Plan(before, after, after, new(new SectionSelector.ById(section.Id), null));
            var result = Run(plan, after, $"seed {seed}");
            if (plan.Kept.Count > 0)
            {
                // Another section has its name by now.
                Assert.NotNull(after.FindSection(section.Name!));
                continue;
            }

            var restored = result.FindSection(section.Id) is { } same && after.FindSection(section.Id) is not null && same.Name == section.Name
                ? same
                : result.Sections().Single(each => each.Id >= after.NextSection);
            Assert.Equal((section.Type, section.Name), (restored.Type, restored.Name));
            Assert.True(OptionSequence.AreEqual(before, section.Id, result, restored.Id), $"seed {seed}");
            var others = after.Sections().Where(each => each.Id != section.Id).Select(each => (each.Id, each.Type, each.Name)).ToList();
            Assert.Equal(others, result.Sections().Where(each => each.Id != restored.Id).Select(each => (each.Id, each.Type, each.Name)));
            Assert.All(others, other => Assert.True(OptionSequence.AreEqual(after, other.Id, result, other.Id), $"seed {seed}"));
        }
    }

    [Theory]
    [InlineData("lan", null, "lan mtu=1500 dns=a|wan x=2|")]
    [InlineData("lan", "mtu", "lan mtu=1500 ip=9|wan x=2|")]
    [InlineData("lan", "dns", "lan mtu=1400 ip=9 dns=a|wan x=2|")]
    [InlineData("lan", "ip", "lan mtu=1400|wan x=2|")]
    [InlineData("old", null, "lan mtu=1400 ip=9|old y=1|wan x=2|")]
    [InlineData("wan", null, "lan mtu=1400 ip=9|wan x=1|")]
    public void The_scope_says_how_much_goes_back(string section, string? option, string expected)
    {
        var before = State("lan mtu=1500 dns=a|old y=1|wan x=1|");
        var after = new Overlay(before);
        after.Apply(new(2), [
            new ModuleChange.OptionSet(new(1), "mtu", ConfigValue.FromText("1400")),
            new ModuleChange.OptionRemoved(new(1), "dns"),
            new ModuleChange.OptionSet(new(1), "ip", ConfigValue.FromText("9")),
            new ModuleChange.SectionRemoved(new(2)),
            new ModuleChange.OptionSet(new(3), "x", ConfigValue.FromText("2"))]);

        Assert.Equal(expected, Outline(Run(Plan(before, after, after, new(new SectionSelector.ByName(section), option)), after, expected)));
    }

    [Fact]
    public void Two_changes_that_overlap_go_back_whichever_goes_first()
    {
        var first = State("lan mtu=1500|");
        var second = new Overlay(first);
        second.Apply(new(2), [new ModuleChange.OptionSet(new(1), "mtu", ConfigValue.FromText("1400"))]);
        var third = new Overlay(second);
        third.Apply(new(3), [new ModuleChange.OptionSet(new(1), "mtu", ConfigValue.FromText("1300"))]);

        var earlier = Plan(first, second, third, ModuleScope.Module);
        Assert.Equal(["lan.mtu"], earlier.Kept);
        Assert.Empty(earlier.Operations);
        var later = Run(Plan(second, third, third, ModuleScope.Module), third, "later");
        Assert.Equal("lan mtu=1400|", Outline(later));
        Assert.Equal("lan mtu=1500|", Outline(Run(Plan(first, second, later, ModuleScope.Module), later, "earlier")));
    }

    [Fact]
    public void Names_that_went_round_come_back()
    {
        var before = State("a x=1|b x=2|c x=3|");
        var after = new Overlay(before);
        after.Apply(new(2), [
            new ModuleChange.SectionRenamed(new(1), "t"),
            new ModuleChange.SectionRenamed(new(2), "a"),
            new ModuleChange.SectionRenamed(new(3), "b"),
            new ModuleChange.SectionRenamed(new(1), "c")]);

        var result = Run(Plan(before, after, after, ModuleScope.Module), after, "names");
        Assert.Equal("a x=1|b x=2|c x=3|", Outline(result));
        Assert.Equal([1, 2, 3], result.Sections().Select(section => section.Id.Value));
    }

    [Fact]
    public void A_name_that_somebody_else_has_by_now_is_not_taken_from_him()
    {
        var before = State("a x=1|b x=2|");
        var after = new Overlay(before);
        after.Apply(new(2), [new ModuleChange.SectionRemoved(new(1)), new ModuleChange.SectionRenamed(new(2), "c")]);
        var current = new Overlay(after);
        current.Apply(new(3), [new ModuleChange.SectionAdded(new(3), "type", "b"), new ModuleChange.SectionAdded(new(4), "type", "a"), new ModuleChange.OptionSet(new(4), "mine", ConfigValue.FromText("1"))]);

        var plan = Plan(before, after, current, ModuleScope.Module);
        Assert.Empty(plan.Operations);
        Assert.Equal(["a", "c"], plan.Kept.Order());
    }

    [Fact]
    public void What_is_in_neither_state_is_refused()
    {
        var state = State("a x=1|");
        foreach (var scope in new[] { new ModuleScope(new SectionSelector.ByName("none"), null), new ModuleScope(new SectionSelector.ByName("a"), "none") })
        {
            Assert.Null(RevertPlan.TryCreate(state, state, state, scope, out var refusal));
            Assert.Equal(ErrorCode.NotFound, refusal!.Code);
        }
    }

    private static RevertPlan Plan(IModuleView before, IModuleView after, IModuleView current, ModuleScope scope) =>
        RevertPlan.TryCreate(before, after, current, scope, out var refusal) ?? throw new InvalidOperationException(refusal!.Message);

    private static IModuleView Run(RevertPlan plan, IModuleView current, string context) => MergeAssert.Run(new MergePlan(plan.Operations, []), current, context);

    private static Overlay State(string outline)
    {
        var state = new Overlay(EmptyModuleView.Instance);
        foreach (var words in outline.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(section => section.Split(' ')))
        {
            var id = state.NextSection;
            state.Apply(new(1), [
                new ModuleChange.SectionAdded(id, "type", words[0]),
                .. words.Skip(1).Select(word => word.Split('=')).Select(pair => new ModuleChange.OptionSet(id, pair[0], ConfigValue.FromText(pair[1])))]);
        }

        return state;
    }

    private static string Outline(IModuleView view) => string.Concat(view.Sections().Select(section =>
        string.Join(' ', view.Options(section.Id).Select(option => $"{option.Name}={option.Value}").Prepend(section.Name)) + "|"));

    private static void AssertSameContent(ModuleModel expected, IModuleView actual, string context)
    {
        Assert.True(
            expected.Sections().Select(section => (section.Type, section.Name)).SequenceEqual(actual.Sections().Select(section => (section.Type, section.Name))),
            $"{context}: {Outline(actual)} instead of {Outline(expected)}");
        Assert.All(expected.Sections().Zip(actual.Sections()), pair => Assert.True(OptionSequence.AreEqual(expected, pair.First.Id, actual, pair.Second.Id), $"{context}: {pair.First}"));
        var tables = expected.Tables().OrderBy(table => table.Name).ToList();
        Assert.True(tables.Select(table => (table.Name, table.Schema)).SequenceEqual(actual.Tables().OrderBy(table => table.Name).Select(table => (table.Name, table.Schema))), context);
        Assert.All(tables, table => Assert.True(
            expected.Rows(table.Name).Select(row => row.Row).SequenceEqual(actual.Rows(table.Name).Select(row => row.Row)), $"{context}: rows of {table.Name}"));
    }

    private static void AssertOptions(ModuleModel before, ModuleModel after, ModuleModel current, IModuleView result, IReadOnlyList<string> kept, string context)
    {
        foreach (var section in current.Sections().Where(section => result.FindSection(section.Id) is not null))
        {
            var path = SectionLookup.Describe(current, section);
            var names = new IModuleView[] { before, after, current, result }.SelectMany(view => view.Options(section.Id)).Select(option => option.Name).Distinct();
            foreach (var name in names)
            {
                var old = before.FindOption(section.Id, name)?.Value;
                var left = after.FindOption(section.Id, name)?.Value;
                var now = current.FindOption(section.Id, name)?.Value;
                var isInAll = before.FindSection(section.Id) is not null && after.FindSection(section.Id) is not null;
                var expected = isInAll && !Equals(old, left) && Equals(now, left) ? old : now;
                var actual = result.FindOption(section.Id, name)?.Value;
                Assert.True(Equals(expected, actual), $"{context}: {path}.{name} is {actual} instead of {expected}: {old}, {left}, {now}");
                if (isInAll && !Equals(old, left) && !Equals(now, left) && !Equals(now, old))
                {
                    Assert.Contains($"{path}.{name}", kept);
                }
            }
        }
    }

    // A section that others added or changed stays.
    private static void AssertOthersSections(ModuleModel after, ModuleModel current, IModuleView result, string context)
    {
        foreach (var section in current.Sections())
        {
            var isTheirs = after.FindSection(section.Id) is not { } left ? section.Name is null || after.FindSection(section.Name) is null
                : left.Type != section.Type || left.Name != section.Name
                || !OptionSequence.AreEqual(after, section.Id, current, section.Id);
            Assert.True(!isTheirs || result.FindSection(section.Id) is not null, $"{context}: {section} is lost");
        }

        Assert.True(result.Sections().Select(section => section.Name).OfType<string>().Distinct().Count() == result.Sections().Count(section => section.Name is not null), context);
    }

    private static void AssertOthersRows(ModuleModel before, ModuleModel after, ModuleModel current, IModuleView result, string context)
    {
        foreach (var table in current.Tables().Where(table => table.Schema.Equals(after.FindTable(table.Name)?.Schema) && table.Schema.Equals(before.FindTable(table.Name)?.Schema)))
        {
            foreach (var row in current.Rows(table.Name))
            {
                var isTheirs = after.FindRow(table.Name, row.Row.Key)?.Row != row.Row;
                Assert.True(!isTheirs || result.FindRow(table.Name, row.Row.Key)?.Row == row.Row, $"{context}: a row of {table.Name} is lost");
            }
        }

        Assert.All(after.Tables(), table => Assert.True(current.FindTable(table.Name) is not null || before.FindTable(table.Name) is null || result.FindTable(table.Name) is null, context));
    }
}
