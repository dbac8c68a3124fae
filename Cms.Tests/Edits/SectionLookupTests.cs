using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Edits;

public sealed class SectionLookupTests
{
    [Fact]
    public void All_sections_are_described_in_one_pass_as_each_alone()
    {
        var view = new CountingView();
        var described = SectionLookup.DescribeAll(view).ToList();

        Assert.Equal(1, view.Passes);
        Assert.Equal(["@rule[0]", "lan", "@rule[1]", "@zone[0]", "@rule[3]"], described.Select(each => each.Name).Where(name => name != "named"));
        Assert.All(described, each => Assert.Equal(SectionLookup.Describe(view, each.Section), each.Name));
    }

    private sealed class CountingView : IModuleView
    {
        private static readonly (string Type, string? Name)[] Content =
            [("rule", null), ("interface", "lan"), ("rule", null), ("zone", null), ("rule", "named"), ("rule", null)];

        public int Passes { get; private set; }

        public Revision Revision => Revision.None;

        public SectionId NextSection => new(Content.Length + 1);

        public int SectionCount => Content.Length;

        public IEnumerable<SectionView> Sections()
        {
            Passes++;
            return Content.Select((each, index) => new SectionView(new SectionId(index + 1), each.Type, each.Name, Revision.None));
        }

        public SectionView? FindSection(SectionId id) => null;

        public SectionView? FindSection(string name) => null;

        public IEnumerable<OptionView> Options(SectionId section) => [];

        public OptionView? FindOption(SectionId section, string option) => null;
    }
}
