using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Uci;

public class UciPackageTests
{
    [Fact]
    public void Anonymous_sections_get_the_names_of_the_reference()
    {
        Assert.Equal("cfg0292bd", UciNames.Anonymous(2, "rule"));
        Assert.Equal("cfg067890", UciNames.Anonymous(6, "ru-le.x"));
        Assert.Equal("cfg12c92bd", UciNames.Anonymous(300, "rule"));
    }

    [Fact]
    public void Sections_are_found_by_name_computed_name_and_place()
    {
        var package = Parse("config a one\nconfig rule\nconfig rule\nconfig a\n");

        Assert.Equal(2, package.Find("cfg0292bd")!.Id.Value);
        Assert.Equal(3, package.Find("rule", 1)!.Id.Value);
        Assert.Equal(4, package.Find("a", -1)!.Id.Value);
        Assert.Equal(1, package.Find(null, -4)!.Id.Value);
        Assert.Null(package.Find("rule", 2));
        Assert.Null(package.Find(null, int.MinValue));
        Assert.Null(package.FindSection("cfg0292bd"));
        Assert.Equal(new SectionView(new SectionId(1), "a", "one", Revision.None), package.FindSection("one"));
    }

    [Fact]
    public void A_given_name_that_looks_computed_is_found_in_order()
    {
        var package = Parse("config a 'cfg0292bd'\nconfig rule\n");

        Assert.Equal(1, package.Find("cfg0292bd")!.Id.Value);
        package.MoveSection(new SectionId(1), 1);
        Assert.Equal(2, package.Find("cfg0292bd")!.Id.Value);
        package.RemoveSection(new SectionId(2));
        Assert.Equal(1, package.Find("cfg0292bd")!.Id.Value);
    }

    [Fact]
    public void A_rename_to_a_taken_name_changes_nothing()
    {
        var package = Parse("config a one\n option x 1\n option y 2\nconfig a two\n");

        Assert.False(package.TryRenameSection(new SectionId(1), "two"));
        Assert.False(package.TryRenameOption(new SectionId(1), "x", "y"));
        Assert.True(package.TryRenameOption(new SectionId(1), "x", "z"));
        Assert.Equal(["z", "y"], package.Options(new SectionId(1)).Select(option => option.Name));
    }

    [Theory]
    [InlineData(100_000, 10)]
    [InlineData(1, 1_000_000)]
    [InlineData(200_000, 1)]
    public void Loading_and_changing_are_linear(int sections, int options)
    {
        var text = new StringBuilder();
        for (var section = 0; section < sections; section++)
        {
            text.Append($"config rule 's{section}'\n");
            for (var option = 0; option < options; option++)
            {
                text.Append($"\toption o{option} 'v'\n");
            }
        }

        var package = Parse(text.ToString());
        for (var section = 0; section < sections; section += 2)
        {
            var id = package.Find($"s{section}")!.Id;
            package.SetOption(id, $"o{options - 1}", ConfigValue.FromText("w"));
            package.RemoveOption(id, "o0");
        }

        Assert.Equal(sections, package.SectionCount);
        Assert.Equal(options - 1, package.Find("s0")!.OptionCount);
    }

    [Fact]
    public void A_module_written_and_read_is_the_same()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var package = new RandomText(seed).Package(true);
            using var text = new MemoryStream();
            UciWriter.Write(package, text);

            Assert.True(SectionContent.AreEqual(package, UciPackage.Parse("p", text.ToArray(), UciReaderOptions.Default)), $"Seed {seed}.");
        }
    }

    private static UciPackage Parse(string text) => UciPackage.Parse("p", Encoding.UTF8.GetBytes(text), UciReaderOptions.Default);
}
