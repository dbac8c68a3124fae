using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Edits;

public class EditSessionTests
{
    private const string Text = "config a x\n option p 1\n list l 1\n list l 2\n list l 1\nconfig b\nconfig a y\n";
    private static readonly EditLimits Limits = new() { MaxNameBytes = 8, MaxValueBytes = 40, MaxListElements = 3 };
    private static readonly SectionSelector X = new SectionSelector.ByName("x");

    public static TheoryData<ModuleOperation, ErrorCode> Bad => new()
    {
        { new ModuleOperation.AddSection("a b", null, "k"), ErrorCode.InvalidArgument },
        { new ModuleOperation.AddSection("a", "a-b", "k"), ErrorCode.InvalidArgument },
        { new ModuleOperation.AddSection("a", "", "k"), ErrorCode.InvalidArgument },
        { new ModuleOperation.AddSection("a", "x", "k"), ErrorCode.AlreadyExists },
        { new ModuleOperation.AddSection("a", "ninechars", "k"), ErrorCode.TooLarge },
        { new ModuleOperation.SetSection(new SectionSelector.ById(new(99)), "a"), ErrorCode.NotFound },
        { new ModuleOperation.SetSection(X, ""), ErrorCode.InvalidArgument },
        { new ModuleOperation.DeleteSection(new SectionSelector.ByIndex("a", 2)), ErrorCode.NotFound },
        { new ModuleOperation.DeleteSection(new SectionSelector.ByIndex(null, -4)), ErrorCode.NotFound },
        { new ModuleOperation.DeleteSection(new SectionSelector.ByIndex(null, int.MinValue)), ErrorCode.NotFound },
        { new ModuleOperation.DeleteSection(new SectionSelector.ByKey("k")), ErrorCode.NotFound },
        { new ModuleOperation.DeleteSection(new SectionSelector.ByName("cfg020000")), ErrorCode.NotFound },
        { new ModuleOperation.RenameSection(X, "y"), ErrorCode.AlreadyExists },
        { new ModuleOperation.MoveSection(X, -1), ErrorCode.InvalidArgument },
        { new ModuleOperation.SetOption(X, "a.b", ConfigValue.FromText("1")), ErrorCode.InvalidArgument },
        { new ModuleOperation.SetOption(X, "o", ConfigValue.FromText(new string('v', 41))), ErrorCode.TooLarge },
        { new ModuleOperation.SetOption(X, "o", ConfigValue.FromTexts(["", "", "", ""])), ErrorCode.TooLarge },
        { new ModuleOperation.AddToList(X, "l", ConfigValue.FromText("3")), ErrorCode.TooLarge },
        { new ModuleOperation.DeleteOption(X, "none"), ErrorCode.NotFound },
        { new ModuleOperation.DeleteElement(X, "none", 0), ErrorCode.NotFound },
        { new ModuleOperation.SetElement(X, "none", 0, ConfigValue.FromText("7")), ErrorCode.NotFound },
        { new ModuleOperation.SetElement(X, "p", 0, ConfigValue.FromText("7")), ErrorCode.NotFound },
        { new ModuleOperation.SetElement(X, "l", 3, ConfigValue.FromText("7")), ErrorCode.NotFound },
        { new ModuleOperation.SetElement(X, "l", -1, ConfigValue.FromText("7")), ErrorCode.NotFound },
        { new ModuleOperation.RenameOption(X, "p", "l"), ErrorCode.AlreadyExists },
        { new ModuleOperation.RenameOption(X, "none", "q"), ErrorCode.NotFound },
        { new ModuleOperation.IncrementOption(X, "l", 1), ErrorCode.InvalidArgument },
        { new ModuleOperation.IncrementOption(X, "p", long.MaxValue), ErrorCode.InvalidArgument },
        { new ModuleOperation.IncrementOption(new SectionSelector.ByName("z"), "p", 1), ErrorCode.NotFound },
        { new ModuleOperation.CheckOption(X, "p", ConfigValue.FromText("2")), ErrorCode.Conflict },
        { new ModuleOperation.CheckOption(X, "p", null), ErrorCode.Conflict },
        { new ModuleOperation.CheckOption(X, "none", ConfigValue.FromText("")), ErrorCode.Conflict },
        { new ModuleOperation.CheckOption(new SectionSelector.ByName("z"), "p", ConfigValue.FromText("1")), ErrorCode.Conflict },
    };

    public static TheoryData<ModuleOperation, string> Good => new()
    {
        { new ModuleOperation.AddSection("c", null, "k"), "a x p=1 l=1,2,1|b|a y|c" },
        { new ModuleOperation.SetSection(new SectionSelector.ByName("z"), "c"), "a x p=1 l=1,2,1|b|a y|c z" },
        { new ModuleOperation.SetSection(new SectionSelector.ByIndex("a", -1), "c"), "a x p=1 l=1,2,1|b|c y" },
        { new ModuleOperation.DeleteSection(new SectionSelector.ByName(UciNames.Anonymous(2, "b"))), "a x p=1 l=1,2,1|a y" },
        { new ModuleOperation.RenameSection(new SectionSelector.ByIndex(null, 1), "n"), "a x p=1 l=1,2,1|b n|a y" },
        { new ModuleOperation.MoveSection(X, int.MaxValue), "b|a y|a x p=1 l=1,2,1" },
        { new ModuleOperation.SetOption(X, "p", ConfigValue.FromText("2")), "a x p=2 l=1,2,1|b|a y" },
        { new ModuleOperation.DeleteOption(X, "l"), "a x p=1|b|a y" },
        { new ModuleOperation.DeleteElement(X, "l", 1), "a x p=1 l=1,1|b|a y" },
        { new ModuleOperation.DeleteElement(X, "l", 3), "a x p=1 l=1,2,1|b|a y" },
        { new ModuleOperation.RenameOption(X, "p", "q"), "a x q=1 l=1,2,1|b|a y" },
        { new ModuleOperation.AddToList(X, "p", ConfigValue.FromText("2")), "a x p=1,2 l=1,2,1|b|a y" },
        { new ModuleOperation.AddToList(X, "n", ConfigValue.FromText("2")), "a x p=1 l=1,2,1 n=2|b|a y" },
        { new ModuleOperation.AddToList(X, "n", ConfigValue.FromTexts(["2", "3"])), "a x p=1 l=1,2,1 n=2,3|b|a y" },
        { new ModuleOperation.SetElement(X, "l", 1, ConfigValue.FromText("7")), "a x p=1 l=1,7,1|b|a y" },
        { new ModuleOperation.RemoveFromList(X, "l", ConfigValue.FromText("1")), "a x p=1 l=2|b|a y" },
        { new ModuleOperation.RemoveFromList(X, "p", ConfigValue.FromText("1")), "a x p=1 l=1,2,1|b|a y" },
        { new ModuleOperation.IncrementOption(X, "p", -4), "a x p=-3 l=1,2,1|b|a y" },
        { new ModuleOperation.IncrementOption(X, "n", 2), "a x p=1 l=1,2,1 n=2|b|a y" },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void A_refused_operation_leaves_the_session_as_it_was(ModuleOperation operation, ErrorCode code)
    {
        var session = new EditSession(MergeAssert.Parse(Text), Limits);
        var before = MergeAssert.TextOf(session.State);

        Assert.Equal(code, session.Apply(operation)?.Code);
        Assert.Empty(session.Changes);
        Assert.Empty(session.Born);
        Assert.Equal(before, MergeAssert.TextOf(session.State));
    }

    [Fact]
    public void A_check_that_holds_changes_nothing_and_an_increment_keeps_the_type()
    {
        var session = new EditSession(MergeAssert.Parse(Text), Limits);
        Assert.Null(session.Apply(new ModuleOperation.CheckOption(X, "p", ConfigValue.FromInt(1))));
        Assert.Null(session.Apply(new ModuleOperation.CheckOption(new SectionSelector.ByName("nosuch"), "p", null)));
        Assert.Empty(session.Changes);
        Assert.Null(session.Apply(new ModuleOperation.IncrementOption(X, "p", 2)));
        Assert.Null(session.Apply(new ModuleOperation.IncrementOption(X, "p", 2)));
        Assert.Null(session.Apply(new ModuleOperation.IncrementOption(X, "fresh", 2)));
        Assert.Equal(new Dictionary<string, long> { ["x.p"] = 5, ["x.fresh"] = 2 }, session.Counters);
        var section = session.State.FindSection("x")!.Id;
        Assert.Equal((ElementType.String, ElementType.Int), (session.State.FindOption(section, "p")!.Value.ElementType, session.State.FindOption(section, "fresh")!.Value.ElementType));
    }

    [Theory]
    [MemberData(nameof(Good), DisableDiscoveryEnumeration = true)]
    public void An_operation_does_what_it_says(ModuleOperation operation, string expected)
    {
        var session = new EditSession(MergeAssert.Parse(Text), Limits);

        Assert.Null(session.Apply(operation));
        Assert.Equal(expected, string.Join('|', session.State.Sections().Select(section => $"{section.Type} {section.Name}".TrimEnd()
            + string.Concat(session.State.Options(section.Id).Select(option => $" {option.Name}={string.Join(',', option.Value.Elements().Select(one => System.Text.Encoding.ASCII.GetString(one.Span)))}")))));
    }

    [Fact]
    public void Expectations_are_held_against_the_ground_and_not_against_the_request_itself()
    {
        var ground = new Overlay(MergeAssert.Parse(Text));
        ground.Apply(new Revision(4), [new ModuleChange.OptionSet(new(1), "p", ConfigValue.FromText("3"))]);
        var session = new EditSession(ground, EditLimits.Default);
        var set = new ModuleOperation.SetOption(X, "p", ConfigValue.FromText("4"));
        Assert.Null(session.Apply(set));

        Assert.Null(session.FindConflict(set));
        Assert.Null(session.FindConflict(set with { Expected = new Revision(4) }));
        Assert.Equal("x.p", session.FindConflict(set with { Expected = new Revision(3) }));
        Assert.Equal("x", session.FindConflict(new ModuleOperation.DeleteSection(X) { Expected = new Revision(0) }));
        Assert.Null(session.FindConflict(new ModuleOperation.SetOption(X, "new", ConfigValue.FromInt(1)) { Expected = Revision.None }));
    }

    [Fact]
    public void A_key_names_the_section_it_was_given_to_and_only_once()
    {
        var session = new EditSession(MergeAssert.Parse(""), EditLimits.Default);
        Assert.Null(session.Apply(new ModuleOperation.AddSection("a", null, "k")));
        Assert.Null(session.Apply(new ModuleOperation.SetOption(new SectionSelector.ByKey("k"), "o", ConfigValue.FromInt(1))));
        Assert.Equal(ErrorCode.InvalidArgument, session.Apply(new ModuleOperation.AddSection("a", null, "k"))?.Code);
        Assert.Equal(2, session.Changes.Count);
        Assert.Equal(new SectionId(1), session.Born["k"]);
    }
}
