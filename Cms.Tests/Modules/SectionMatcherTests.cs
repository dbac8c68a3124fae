using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Modules;

public class SectionMatcherTests
{
    [Theory]
    [InlineData("config a x\nconfig a y\n", "config a y\nconfig a x\n", "1=2 2=1", "", "")]
    [InlineData("config a x\n", "config b x\n", "1=1", "", "")]
    [InlineData("config a\n option n 1\nconfig a\n option n 2\n", "config a\n option n 2\nconfig a\n option n 3\n", "1=2 2=1", "", "")]
    [InlineData("config a x\n option n 1\n", "config a y\n option n 1\n", "1=1", "", "")]
    [InlineData("config a x\n option n 1\n", "config a y\n option n 2\n", "", "1", "1")]
    [InlineData("config a\nconfig a\nconfig b\n", "config a\nconfig c\n", "1=1", "2 3", "2")]
    [InlineData("config a\n option n 1\n", "config a y\n option n 2\n", "1=1", "", "")]
    public void Sections_are_matched_by_name_then_content_then_type(string before, string after, string pairs, string onlyOld, string onlyNew)
    {
        var match = SectionMatcher.Match(Parse(before), Parse(after));

        Assert.Equal(pairs, string.Join(' ', match.OldToNew.OrderBy(pair => pair.Key.Value).Select(pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal(onlyOld, string.Join(' ', match.OnlyOld));
        Assert.Equal(onlyNew, string.Join(' ', match.OnlyNew));
    }

    [Fact]
    public void Many_equal_sections_are_matched_in_order()
    {
        var text = string.Concat(Enumerable.Repeat("config rule\n option x 1\n", 100_000));

        var match = SectionMatcher.Match(Parse(text), Parse(text));

        Assert.Equal(100_000, match.OldToNew.Count);
        Assert.All(match.OldToNew, pair => Assert.Equal(pair.Key, pair.Value));
    }

    private static UciPackage Parse(string text) => UciPackage.Parse("p", Encoding.UTF8.GetBytes(text), UciReaderOptions.Default);
}
