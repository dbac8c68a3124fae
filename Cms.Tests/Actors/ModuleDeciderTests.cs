using System.Text;
using Cms.Actors.Modules;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;
using Cms.Tests.Edits;
using Cms.Tests.Uci;
using Xunit;

namespace Cms.Tests.Actors;

public class ModuleDeciderTests
{
    private static readonly CommitOrigin Origin = new("uid:0", "unix", "", null);

    [Fact]
    public void The_same_view_and_command_give_the_same_decision_and_a_satisfied_command_changes_nothing()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new RandomText(seed);
            var view = random.Package(isWithEmpty: false);
            var before = MergeAssert.TextOf(view);
            var content = MergeAssert.Parse(MergeAssert.TextOf(random.Package(isWithEmpty: false)));
            ModuleCommand[] commands = [new ModuleCommand.Replace(Origin, content), new ModuleCommand.MergeFile(Origin, view, content), new ModuleCommand.Include(Origin, content)];
            foreach (var command in commands)
            {
                var decision = ModuleDecider.Decide(view, command, EditLimits.Default);
                Assert.Null(decision.Refusal);
                Assert.Equal(decision.Changes, ModuleDecider.Decide(view, command, EditLimits.Default).Changes);
                Assert.Equal(before, MergeAssert.TextOf(view));
                var after = new Overlay(view);
                after.Apply(new Revision(1), decision.Changes);
                Assert.True(command is ModuleCommand.Include || ModuleDecider.Decide(after, new ModuleCommand.Replace(Origin, content), EditLimits.Default).Changes.Count == 0, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void A_refused_command_has_no_changes()
    {
        var view = MergeAssert.Parse("config a x\n option o 1\n");
        var lan = new SectionSelector.ByName("x");
        var good = new ModuleOperation.SetOption(lan, "o", ConfigValue.FromText("2"));
        var limits = new EditLimits { MaxOperations = 2 };
        AssertRefused(ErrorCode.NotFound, view, new ModuleCommand.Edit(Origin, [good, new ModuleOperation.DeleteOption(lan, "none")]), limits);
        AssertRefused(ErrorCode.TooLarge, view, new ModuleCommand.Edit(Origin, [good, good, good]), limits);
        AssertRefused(ErrorCode.Conflict, view, new ModuleCommand.Edit(Origin, [good with { Expected = new Revision(5) }]), limits);
        AssertRefused(ErrorCode.TooLarge, view, new ModuleCommand.ApplyDelta(Origin, "p", Encoding.ASCII.GetBytes($"p.x.o='2'\np.{new string('n', 256)}='a'\n")), limits);
        AssertRefused(ErrorCode.TooLarge, view, new ModuleCommand.Replace(Origin, MergeAssert.Parse("config a x\n option o 12345\n")), new EditLimits { MaxValueBytes = 4 });
    }

    private static void AssertRefused(ErrorCode code, IModuleView view, ModuleCommand command, EditLimits limits)
    {
        var decision = ModuleDecider.Decide(view, command, limits);
        Assert.Equal(code, decision.Refusal?.Code);
        Assert.Empty(decision.Changes);
        Assert.Empty(decision.Born);
    }
}
