using Cms.Storage.Files;
using Xunit;

namespace Cms.Tests.Files;

public sealed class ConfigDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cms-files-").FullName;

    private string Kept => Path.Join(_root, "kept");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Temporary_files_with_a_text_are_kept_once_and_empty_ones_go()
    {
        File.WriteAllText(Path.Join(_root, "net"), "current");
        File.WriteAllText(Path.Join(_root, ".net.uci-aaaaaa"), "by hand");
        File.WriteAllText(Path.Join(_root, ".net.uci-bbbbbb"), "by hand");
        File.WriteAllText(Path.Join(_root, ".net.uci-cccccc"), "");
        File.WriteAllText(Path.Join(_root, ".wan.uci-dddddd"), "other");
        File.CreateSymbolicLink(Path.Join(_root, ".wan.uci-eeeeee"), "nowhere");

        ConfigDirectory.RemoveTemporaryFiles(_root, Kept);

        Assert.Equal(["net"], Directory.GetFiles(_root).Select(Path.GetFileName));
        Assert.Equal(["by hand", "other"], Directory.GetFiles(Kept).Order(StringComparer.Ordinal).Select(File.ReadAllText));
        Assert.All(Directory.GetFiles(Kept), path => Assert.Matches("^(net|wan)[.]killed[.][0-9a-f]{8}$", Path.GetFileName(path)));
    }

    [Fact]
    public void Another_text_of_the_same_short_name_is_not_overwritten()
    {
        var temporary = Path.Join(_root, ".net.uci-aaaaaa");
        File.WriteAllText(temporary, "by hand");
        ConfigDirectory.RemoveTemporaryFiles(_root, Kept);
        File.WriteAllText(Assert.Single(Directory.GetFiles(Kept)), "another");
        File.WriteAllText(temporary, "by hand");

        ConfigDirectory.RemoveTemporaryFiles(_root, Kept);

        Assert.Equal(["another", "by hand"], Directory.GetFiles(Kept).Select(File.ReadAllText).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_temporary_files_nothing_is_made()
    {
        ConfigDirectory.RemoveTemporaryFiles(_root, Kept);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(243, true)]
    [InlineData(244, false)]
    [InlineData(0, false)]
    public void A_module_name_leaves_room_for_the_names_made_from_it(int length, bool isName) =>
        Assert.Equal(isName, ConfigDirectory.IsModuleName(new string('a', length)));

    [Theory]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("\u00e4")]
    public void A_module_name_is_a_plain_file_name(string name) => Assert.False(ConfigDirectory.IsModuleName(name));
}
