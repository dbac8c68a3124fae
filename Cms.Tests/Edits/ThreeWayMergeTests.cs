using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Uci;
using Cms.Tests.Segments;
using Cms.Tests.Uci;
using Xunit;

namespace Cms.Tests.Edits;

public class ThreeWayMergeTests
{
    private static readonly Revision Later = new(2);

    [Theory]
    [InlineData("config a x\n option n 1\n", "config a y\n option n 1\n")]
    [InlineData("config a x\n option n 1\n", "config a\n option n 1\n")]
    [InlineData("config a x\n option n 1\n", "config a\n option n 2\n")]
    [InlineData("config a\n option n 1\n", "config a y\n option n 2\n")]
    [InlineData("config a x\nconfig a y\nconfig b\n", "config b\nconfig a y\nconfig a x\n")]
    [InlineData("config a\n option p 1\n option q 2\n", "config a\n option q 2\n option p 1\n")]
    [InlineData("config a x\n option p 1\n", "config a x\n list p 1\n")]
    [InlineData("config a x\n", "config b x\n")]
    [InlineData("config a x\nconfig a y\n", "config a z\nconfig a x\n")]
    [InlineData("", "config a\nconfig a\nconfig a\n")]
    public void The_difference_to_the_ground_makes_the_ground_equal_to_theirs(string ground, string theirs)
    {
        var current = MergeAssert.Parse(ground);
        var plan = ThreeWayMerge.Plan(current, MergeAssert.Parse(theirs), current);

        Assert.Empty(plan.Conflicts);
        Assert.Equal(MergeAssert.TextOf(MergeAssert.Parse(theirs)), MergeAssert.TextOf(MergeAssert.Run(plan, current)));
    }

    [Fact]
    public void The_difference_law_holds_for_random_edits_of_random_packages()
    {
        for (var seed = 0; seed < 2500; seed++)
        {
            var random = new RandomText(seed);
            var ground = random.Package(isWithEmpty: false);
            var theirs = Edited(random, ground);
            var plan = ThreeWayMerge.Plan(ground, theirs, ground);
            var result = MergeAssert.Run(plan, ground, $"seed {seed}");

            Assert.True(plan.Conflicts.Count == 0, $"seed {seed}: conflicts with itself");
            Assert.True(SectionContent.AreEqual(result, theirs), $"seed {seed}:\n{MergeAssert.TextOf(ground)}---\n{MergeAssert.TextOf(theirs)}---\n{MergeAssert.TextOf(result)}");
            Assert.Empty(ThreeWayMerge.Plan(ground, ground, theirs).Operations);
            Assert.Empty(ThreeWayMerge.Plan(result, theirs, result).Operations);
        }
    }

    [Fact]
    public void The_difference_law_holds_between_typed_states_and_their_texts()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var history = new RandomHistory(seed);
            _ = history.NextCommit(60);
            var ground = history.Model.Clone();
            _ = history.NextCommit(20);
            var result = MergeAssert.Run(ThreeWayMerge.Plan(ground, history.Model, ground), ground, $"seed {seed}");
            Assert.True(SectionContent.AreEqual(result, history.Model), $"seed {seed}");
            Assert.Empty(ThreeWayMerge.Plan(ground, ground, history.Model).Operations);
        }
    }

    [Fact]
    public void No_edit_is_lost_without_a_conflict_and_no_plan_is_refused()
    {
        for (var seed = 0; seed < 4000; seed++)
        {
            var random = new RandomText(seed);
            var ground = random.Package(isWithEmpty: false);
            var theirs = Edited(random, ground);
            var current = Diverged(random, ground);
            var plan = ThreeWayMerge.Plan(ground, theirs, current);
            var result = MergeAssert.Run(plan, current, $"seed {seed}");
            var context = $"seed {seed}\nground\n{MergeAssert.TextOf(ground)}theirs\n{MergeAssert.TextOf(theirs)}current\n{MergeAssert.TextOf(current)}result\n{MergeAssert.TextOf(result)}conflicts {string.Join(' ', plan.Conflicts)}";
            AssertNothingIsLost(ground, theirs, result, plan.Conflicts, context);
            AssertConflictsKeepCurrent(current, result, plan.Conflicts, context);
        }
    }

    [Theory]
    [InlineData("config a x\n option p 1\n", "config a x\n option p 2\n", "config a x\n option p 3\n", "x.p")]
    [InlineData("config a x\n option p 1\n", "", "config a x\n option p 3\n", "x")]
    [InlineData("config a x\n option p 1\n", "config a x\n option p 2\n", "", "x")]
    [InlineData("config a x\n", "config b x\n", "config c x\n", "x")]
    [InlineData("", "config a x\n option p 1\n", "config b x\n option p 2\n", "x")]
    [InlineData("", "config a x\n option p 1\n", "config a x\n option p 2\n", "x.p")]
    [InlineData("config a\n option p 1\n", "config a\n option p 2\n", "config a\n option p 3\n", "@a[0].p")]
    public void A_conflict_keeps_the_current_value_and_is_named(string ground, string theirs, string current, string conflict)
    {
        var before = MergeAssert.Parse(ground);
        var now = Toward(before, MergeAssert.Parse(current));
        var plan = ThreeWayMerge.Plan(before, MergeAssert.Parse(theirs), now);

        Assert.Equal(conflict, Assert.Single(plan.Conflicts));
        Assert.Equal(MergeAssert.TextOf(now), MergeAssert.TextOf(MergeAssert.Run(plan, now)));
    }

    [Fact]
    public void Edits_of_different_paths_are_united_whichever_side_made_them()
    {
        var ground = MergeAssert.Parse("config a x\n option p 1\n option q 1\nconfig b y\n option r 1\nconfig c z\n");
        var one = MergeAssert.Parse("config a x\n option p 2\n option q 1\nconfig b y\n option r 1\nconfig c z\nconfig d new1\n");
        var two = MergeAssert.Parse("config a x\n option p 1\n option q 3\nconfig e y\n option r 1\n option s 2\nconfig d new2\n");
        var left = MergeAssert.Run(ThreeWayMerge.Plan(ground, one, Toward(ground, two)), Toward(ground, two));
        var right = MergeAssert.Run(ThreeWayMerge.Plan(ground, two, Toward(ground, one)), Toward(ground, one));

        Assert.Equal("a x p=2 q=3|e y r=1 s=2|d new1|d new2", Outline(left));
        Assert.Equal(Outline(left), Outline(right));
    }

    [Fact]
    public void Two_equal_sections_added_by_hand_are_both_added_beside_one_that_was_committed()
    {
        var ground = MergeAssert.Parse("config a x\n");
        var current = Toward(ground, MergeAssert.Parse("config a x\nconfig r\n option p 1\n"));
        var theirs = MergeAssert.Parse("config a x\nconfig r\n option p 1\nconfig r\n option p 1\n");

        Assert.Equal(3, MergeAssert.Run(ThreeWayMerge.Plan(ground, theirs, current), current).SectionCount);
    }

    [Fact]
    public void A_name_that_another_section_was_given_meanwhile_is_a_conflict_and_not_a_refusal()
    {
        var ground = MergeAssert.Parse("config a one\n option p 1\n");
        var current = new Overlay(ground);
        current.Apply(Later, [new ModuleChange.SectionRenamed(new(1), "two")]);
        var plan = ThreeWayMerge.Plan(ground, MergeAssert.Parse("config a two\n option p 2\n"), current);

        Assert.Contains("two", plan.Conflicts);
        Assert.Equal("a two p=1", Outline(MergeAssert.Run(plan, current)));
    }

    [Fact]
    public void Values_that_a_text_shows_unchanged_keep_their_types()
    {
        var current = new Overlay(EmptyModuleView.Instance);
        current.Apply(Later, [
            new ModuleChange.SectionAdded(new(1), "a", "x"),
            new ModuleChange.OptionSet(new(1), "n", ConfigValue.FromInt(5)),
            new ModuleChange.OptionSet(new(1), "none", ConfigValue.FromTexts([])),
            new ModuleChange.OptionSet(new(1), "b", ConfigValue.FromBool(true))]);
        var plan = ThreeWayMerge.Plan(current, MergeAssert.Parse("config a x\n option b 1\n option n 5\n option m 2\n"), current);
        var result = MergeAssert.Run(plan, current);

        Assert.Equal(ConfigValue.FromInt(5), result.FindOption(new(1), "n")!.Value);
        Assert.Equal(ConfigValue.FromBool(true), result.FindOption(new(1), "b")!.Value);
        Assert.Equal("config a 'x'\n\toption b '1'\n\toption n '5'\n\toption m '2'\n", MergeAssert.TextOf(result).TrimStart('\n').Replace("\n\n", "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Hand_edits_of_the_example_files_are_taken_in_line_by_line()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden", "etc-config")))
        {
            var lines = File.ReadAllLines(path);
            var ground = MergeAssert.Parse(File.ReadAllText(path));
            var random = new Random(lines.Length);
            for (var round = 0; round < 60; round++)
            {
                var text = string.Join('\n', HandEdit([.. lines], random)) + "\n";
                if (UciPackage.TryParse("p", System.Text.Encoding.UTF8.GetBytes(text), UciReaderOptions.Default, _ => { }, out _) is not { } theirs)
                {
                    continue;
                }

                var result = MergeAssert.Run(ThreeWayMerge.Plan(ground, theirs, ground), ground, text);
                Assert.Equal(MergeAssert.TextOf(theirs), MergeAssert.TextOf(result));
            }
        }
    }

    private static List<string> HandEdit(List<string> lines, Random random)
    {
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var at = random.Next(lines.Count);
            var (from, to) = (random.Next(lines.Count), random.Next(lines.Count));
            switch (random.Next(5))
            {
                case 0: lines.RemoveAt(at); break;
                case 1: lines.Insert(at, lines[from]); break;
                case 2: (lines[from], lines[to]) = (lines[to], lines[from]); break;
                case 3: lines.Insert(at, random.Next(2) == 0 ? "config rule" : $"config rule new{random.Next(3)}"); break;
                default: lines.Insert(at, $"\toption o{random.Next(3)} '{random.Next(3)}'"); break;
            }
        }

        return lines;
    }

    private static UciPackage Edited(RandomText random, UciPackage ground)
    {
        var theirs = MergeAssert.Parse(MergeAssert.TextOf(ground));
        random.Change(theirs, isWithEmpty: false);
        return MergeAssert.Parse(MergeAssert.TextOf(theirs));
    }

    private static Overlay Diverged(RandomText random, UciPackage ground) => Toward(ground, Edited(random, ground));

    private static Overlay Toward(IModuleView ground, UciPackage goal)
    {
        var session = new EditSession(ground, EditLimits.Default);
        foreach (var operation in ThreeWayMerge.Plan(ground, goal, ground).Operations)
        {
            Assert.Null(session.Apply(operation));
        }

        var state = new Overlay(ground);
        state.Apply(Later, session.Changes);
        return state;
    }

    private static void AssertNothingIsLost(UciPackage ground, UciPackage theirs, IModuleView result, IReadOnlyList<string> conflicts, string context)
    {
        var oldOf = SectionMatcher.Match(ground, theirs).OldToNew.ToDictionary(pair => pair.Value, pair => pair.Key);
        foreach (var after in theirs.Sections().Where(section => section.Name is not null))
        {
            var before = oldOf.TryGetValue(after.Id, out var old) ? ground.FindSection(old) : null;
            var now = before is null ? result.FindSection(after.Name!) : result.FindSection(before.Id);
            var isExcused = conflicts.Count > 0 && conflicts.Any(path => path == after.Name || path == now?.Name || path.StartsWith(now?.Name + ".", StringComparison.Ordinal) || path.StartsWith(after.Name + ".", StringComparison.Ordinal) || path.StartsWith('@'));
            if (isExcused || (before is not null && before.Name == after.Name && before.Type == after.Type && SectionContent.AreEqual(ground, before.Id, theirs, after.Id)))
            {
                continue;
            }

            Assert.True(now is not null, $"{context}: {after.Name} is lost");
            Assert.True(before?.Name == after.Name || now.Name == after.Name, $"{context}: the name {after.Name} is lost");
            Assert.True(before?.Type == after.Type || now.Type == after.Type, $"{context}: the type of {after.Name} is lost");
            foreach (var option in theirs.Options(after.Id))
            {
                var value = before is null ? null : ground.FindOption(before.Id, option.Name)?.Value;
                Assert.True(Equals(value, option.Value) || Equals(result.FindOption(now.Id, option.Name)?.Value, option.Value), $"{context}: {after.Name}.{option.Name} is lost");
            }
        }
    }

    private static void AssertConflictsKeepCurrent(Overlay current, IModuleView result, IReadOnlyList<string> conflicts, string context)
    {
        foreach (var path in conflicts.Where(path => path.Contains('.') && !path.StartsWith('@')))
        {
            var (section, option) = (path.Split('.')[0], path.Split('.')[1]);
            if (current.FindSection(section) is { } now)
            {
                Assert.True(Equals(current.FindOption(now.Id, option)?.Value, result.FindOption(now.Id, option)?.Value), $"{context}: {path} changed");
            }
        }
    }

    private static string Outline(IModuleView module) => string.Join('|', module.Sections().OrderBy(section => section.Name == "new2").Select(section =>
        $"{section.Type} {section.Name}" + string.Concat(module.Options(section.Id).Select(option => $" {option.Name}={option.Value}"))));
}
