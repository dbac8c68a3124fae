using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Modules;

public class OverlayTests
{
    [Fact]
    public void An_overlay_shows_what_the_plain_model_shows_after_every_change()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var history = new RandomHistory(seed) { TablePercent = seed % 2 * 70 };
            var overlay = new Overlay(EmptyModuleView.Instance);
            Follow(history, overlay, 25, $"seed {seed}");
        }
    }

    [Fact]
    public void Overlays_upon_overlays_show_what_the_plain_model_shows_and_leave_their_grounds_alone()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var history = new RandomHistory(seed) { TablePercent = seed % 2 * 70 };
            var stack = new List<(ModuleModel Model, IModuleView View)> { (history.Model.Clone(), EmptyModuleView.Instance) };
            for (var depth = 0; depth < 6; depth++)
            {
                var overlay = new Overlay(stack[^1].View);
                Follow(history, overlay, 6, $"seed {seed}, depth {depth}");
                stack.Add((history.Model.Clone(), overlay));
            }

            Assert.All(stack, layer => ViewAssert.Same(layer.Model, layer.View, $"seed {seed}"));
        }
    }

    [Fact]
    public void An_overlay_upon_a_segment_shows_what_the_plain_model_shows()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            using var place = new SegmentPlace();
            var history = new RandomHistory(seed) { TablePercent = seed % 2 * 70 };
            using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 8 << 20 });
            writer.Project(new Revision(1), history.NextCommit(80));
            Follow(history, new Overlay(writer.View), 20, $"seed {seed}");
        }
    }

    [Fact]
    public void Options_that_go_and_come_are_in_order_also_when_nobody_looked_in_between()
    {
        var section = new SectionId(1);
        var ground = new Overlay(EmptyModuleView.Instance);
        ground.Apply(new Revision(1), [new ModuleChange.SectionAdded(section, "t", "s"), Set("a"), Set("b"), Set("c")]);
        var overlay = new Overlay(ground);
        ModuleChange[] changes = [Set("d"), Set("a"), Gone("b"), Set("f"), Set("b"), Set("e"), Gone("d"), Set("d"), Gone("c"), Set("b")];
        overlay.Apply(new Revision(2), changes);
        Assert.Equal("a f b e d", string.Join(' ', overlay.Options(section).Select(option => option.Name)));
        overlay.Apply(new Revision(3), [Set("g"), new ModuleChange.OptionRenamed(section, "f", "h"), Gone("a"), Set("a")]);
        Assert.Equal("h b e d g a", string.Join(' ', overlay.Options(section).Select(option => option.Name)));
        Assert.Equal("a b c", string.Join(' ', ground.Options(section).Select(option => option.Name)));

        ModuleChange Set(string option) => new ModuleChange.OptionSet(section, option, ConfigValue.FromText(option));
        ModuleChange Gone(string option) => new ModuleChange.OptionRemoved(section, option);
    }

    [Fact]
    public void A_change_of_a_section_that_is_not_there_is_a_bug_that_shows()
    {
        var overlay = new Overlay(EmptyModuleView.Instance);
        overlay.Apply(new ModuleChange.SectionAdded(new(1), "t", null));

        Assert.Throws<InvalidOperationException>(() => overlay.Apply(new ModuleChange.SectionAdded(new(1), "t", null)));
        Assert.Throws<InvalidOperationException>(() => overlay.Apply(new ModuleChange.SectionRemoved(new(2))));
        Assert.Throws<InvalidOperationException>(() => overlay.Apply(new ModuleChange.OptionSet(new(2), "o", ConfigValue.FromInt(1))));
        Assert.Throws<InvalidOperationException>(() => overlay.Apply(new ModuleChange.OptionRenamed(new(1), "o", "p")));
        Assert.Throws<InvalidOperationException>(() => overlay.Apply(new ModuleChange.OptionRemoved(new(1), "o")));
    }

    private static void Follow(RandomHistory history, Overlay overlay, int commits, string context)
    {
        for (var commit = 0; commit < commits; commit++)
        {
            var before = history.Model.Clone();
            foreach (var change in history.NextCommit(12))
            {
                before.Apply(history.Model.Revision, [change]);
                overlay.Apply(before.Revision, [change]);
                ViewAssert.Same(before, overlay, $"{context}, commit {commit}, {change}");
            }
        }
    }
}
