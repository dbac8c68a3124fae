using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Uci;
using Cms.Tests.Segments;
using Cms.Tests.Uci;
using Xunit;

namespace Cms.Tests.Edits;

public class DeltaEditorTests
{
    private static readonly string[] Types = ["interface", "rule", "zone"];
    private static readonly string[] Options = ["proto", "ip", "dns", "a", "b"];

    [Fact]
    public void A_delta_does_to_a_module_what_it_does_to_the_package()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new RandomText(seed);
            var text = MergeAssert.TextOf(random.Package(isWithEmpty: false));
            AssertSame(text, NextDelta(random, MergeAssert.Parse(text)), MergeAssert.Parse(text), $"seed {seed}");
        }
    }

    [Fact]
    public void A_delta_does_to_a_segment_under_an_overlay_what_it_does_to_the_package()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            using var place = new SegmentPlace();
            var random = new RandomText(seed);
            var text = MergeAssert.TextOf(random.Package(isWithEmpty: false));
            using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 4 << 20 });
            var session = new EditSession(writer.View, EditLimits.Default);
            Assert.All(ThreeWayMerge.Plan(writer.View, MergeAssert.Parse(text), writer.View).Operations, operation => Assert.Null(session.Apply(operation)));
            writer.Project(new Revision(1), session.Changes);
            AssertSame(text, NextDelta(random, MergeAssert.Parse(text)), new Overlay(writer.View), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("config rule\n", "-p.cfg01{0}\n+p.cfg01{0}='rule'\np.cfg01{0}.a='1'\n")]
    [InlineData("config rule\nconfig rule\n", "-p.cfg01{0}\np.cfg02{0}.a='1'\n^p.cfg02{0}='0'\n")]
    [InlineData("config rule\n", "@p.cfg01{0}='x'\n+p.cfg01{0}='rule'\np.cfg01{0}.a='1'\n")]
    [InlineData("config rule\n", "p.cfg01{0}='zone'\np.cfg01{0}.a='1'\n")]
    public void Anonymous_names_mean_what_they_mean_to_the_package(string text, string delta)
    {
        var hash = UciNames.Anonymous(1, "rule")[5..];
        AssertSame(text, delta.Replace("{0}", hash, StringComparison.Ordinal), MergeAssert.Parse(text), delta);
    }

    [Fact]
    public void A_change_over_a_bound_is_remembered_as_the_refusal_of_the_delta()
    {
        var ground = MergeAssert.Parse("config a x\n");
        var editor = new DeltaEditor(ground, new EditSession(ground, EditLimits.Default));
        var name = new string('n', 256);
        UciDelta.Apply(Encoding.ASCII.GetBytes($"p.{name}='a'\np.{name}.o='1'\np.x.o='2'\n"), "p", editor);

        Assert.Equal(Cms.Formats.Refusals.ErrorCode.TooLarge, editor.Refusal?.Code);
    }

    private static void AssertSame(string text, string delta, IModuleView ground, string context)
    {
        var package = MergeAssert.Parse(text);
        UciDelta.Apply(Encoding.Latin1.GetBytes(delta), "p", package);
        var session = new EditSession(ground, EditLimits.Default);
        var editor = new DeltaEditor(ground, session);
        UciDelta.Apply(Encoding.Latin1.GetBytes(delta), "p", editor);

        Assert.True(editor.Refusal is null, $"{context}: {editor.Refusal?.Message}");
        Assert.True(SectionContent.AreEqual(package, session.State), $"{context}\n{text}---\n{delta}---\n{MergeAssert.TextOf(package)}---\n{MergeAssert.TextOf(session.State)}");
        var again = new Overlay(ground);
        again.Apply(ground.Revision, session.Changes);
        Assert.Null(ViewAssert.Difference(session.State, again));
    }

    private static string NextDelta(RandomText random, UciPackage package)
    {
        var delta = new StringBuilder();
        for (var count = 1 + random.Next(8); count > 0; count--)
        {
            var line = NextLine(random, package) + "\n";
            UciDelta.Apply(Encoding.Latin1.GetBytes(line), "p", package);
            delta.Append(line);
        }

        return delta.ToString();
    }

    private static string NextLine(RandomText random, UciPackage package)
    {
        var names = package.Chain().Select(section => section.Name).Append("new").Append("lan").Append(UciNames.Anonymous(1, "rule")).ToArray();
        var (section, option, value) = (random.Pick(names), random.Pick(Options), random.Pick("", "0", "1", "x y", "-1", "2"));
        return random.Next(11) switch
        {
            0 => $"p.{section}='{random.Pick(Types)}'",
            1 => $"+p.{UciNames.Anonymous(package.NextSection.Value, random.Pick(Types))}='{random.Pick(Types)}'",
            2 => $"-p.{section}",
            3 => $"-p.{section}.{option}",
            4 => $"-p.{section}.{option}='{value}'",
            5 => $"@p.{section}='{random.Pick("lan", "wan", "new", "q")}'",
            6 => $"@p.{section}.{option}='{random.Pick(Options)}'",
            7 => $"^p.{section}='{value}'",
            8 => $"|p.{section}.{option}='{value}'",
            9 => $"~p.{section}.{option}='{value}'",
            _ => $"p.{section}.{option}='{value}'",
        };
    }
}
