using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Topics;

public sealed class TopicPatternTests
{
    private static readonly SectionView Lan = new(new SectionId(3), "interface", "lan", new Revision(1));

    [Theory]
    [InlineData("network", true)]
    [InlineData("*", true)]
    [InlineData("net*", true)]
    [InlineData("n?twork", true)]
    [InlineData("*w*k", true)]
    [InlineData("network?", false)]
    [InlineData("net", false)]
    [InlineData("Network", false)]
    public void A_module_is_meant_by_name(string pattern, bool expected) => Assert.Equal(expected, TopicPattern.Parse(pattern).Matches(new ModuleName("network")));

    [Theory]
    [InlineData("network", true)]
    [InlineData("network.lan", true)]
    [InlineData("network.lan.mtu", true)]
    [InlineData("network.l*.m?u", true)]
    [InlineData("network.@interface.mtu", true)]
    [InlineData("network.#3.mtu", true)]
    [InlineData("network.*.*", true)]
    [InlineData("network.wan", false)]
    [InlineData("network.lan.ipaddr", false)]
    [InlineData("network.@rule", false)]
    public void An_option_is_meant_by_name_type_or_id(string pattern, bool expected)
    {
        var change = new ModuleChange.OptionSet(Lan.Id, "mtu", ConfigValue.FromInt(1));
        Assert.Equal(expected, TopicPattern.Parse(pattern).Matches(new ToldChange(change) { Section = Lan }));
    }

    [Fact]
    public void What_happens_to_a_section_concerns_its_options_and_both_its_names()
    {
        var removed = new ToldChange(new ModuleChange.SectionRemoved(Lan.Id)) { Section = Lan };
        Assert.True(TopicPattern.Parse("network.lan.mtu").Matches(removed));
        Assert.False(TopicPattern.Parse("network.wan.mtu").Matches(removed));
        var renamed = new ToldChange(new ModuleChange.SectionRenamed(Lan.Id, "home")) { Section = Lan };
        Assert.True(TopicPattern.Parse("network.lan").Matches(renamed));
        Assert.True(TopicPattern.Parse("network.home").Matches(renamed));
        var option = new ToldChange(new ModuleChange.OptionRenamed(Lan.Id, "mtu", "size")) { Section = Lan };
        Assert.True(TopicPattern.Parse("network.lan.mtu").Matches(option));
        Assert.True(TopicPattern.Parse("network.lan.size").Matches(option));
    }

    [Fact]
    public void A_table_is_meant_by_the_second_part()
    {
        var deleted = new ToldChange(new ModuleChange.RowDeleted("hosts", new byte[] { 1 }));
        Assert.True(TopicPattern.Parse("network.hosts").Matches(deleted));
        Assert.False(TopicPattern.Parse("network.lan").Matches(deleted));
        Assert.False(TopicPattern.Parse("network.hosts.name").Matches(deleted));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a.b.c.d")]
    [InlineData(".a")]
    public void What_is_no_pattern_is_refused(string text) =>
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<RefusedException>(() => TopicPattern.Parse(text)).Refusal.Code);
}
