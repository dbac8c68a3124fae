using Cms.Formats.Edits;
using Xunit;

namespace Cms.Tests.Edits;

public class ModuleInclusionTests
{
    [Theory]
    [InlineData("config a 'x'\n\toption o '1'\n", "config a x\n option o 2\n", "config a 'x'\n\toption o '2'\n")]
    [InlineData("config a 'x'\n\toption o '1'\n", "config b x\n option p 2\n", "config b 'x'\n\toption o '1'\n\toption p '2'\n")]
    [InlineData("config a 'x'\n\tlist o '1'\n", "config a x\n list o 2\n list o 1\n", "config a 'x'\n\tlist o '1'\n\tlist o '2'\n\tlist o '1'\n")]
    [InlineData("config a 'x'\n\toption o '1'\n", "config a x\n list o 2\n", "config a 'x'\n\tlist o '1'\n\tlist o '2'\n")]
    [InlineData("config a\n\toption o '1'\n", "config a\n option o 1\n", "config a\n\toption o '1'\nconfig a\n\toption o '1'\n")]
    [InlineData("", "config a\nconfig a\nconfig b x\n", "config a\nconfig a\nconfig b 'x'\n")]
    public void Content_wins_in_sections_of_its_names_and_everything_else_is_added(string module, string content, string expected)
    {
        var current = MergeAssert.Parse(module);
        var session = new EditSession(current, EditLimits.Default);
        Assert.All(ModuleInclusion.Plan(MergeAssert.Parse(content), current), operation => Assert.Null(session.Apply(operation)));

        Assert.Equal(MergeAssert.TextOf(MergeAssert.Parse(expected)), MergeAssert.TextOf(session.State));
    }
}
