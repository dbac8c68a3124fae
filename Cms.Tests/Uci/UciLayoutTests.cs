using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Uci;

public class UciLayoutTests
{
    private const string Commented = """
        # The house's network.

        # upstairs
        config interface lan   # main
        	option proto static
        	# who gives names
        	option dns "1.1.1.1" # fast
        	option mtu 1500

        # the garden
        config interface garden
        	option proto dhcp

        config rule
        	option name first

        """;

    [Fact]
    public void A_changed_option_keeps_its_place_and_its_remark() =>
        Assert.Equal(
            Commented.Replace("option dns \"1.1.1.1\" # fast", "option dns '9.9.9.9' # fast", StringComparison.Ordinal),
            Rewritten(package => package.SetOption(new SectionId(1), "dns", ConfigValue.FromText("9.9.9.9"))));

    [Fact]
    public void A_new_option_follows_the_last_one_of_its_section() =>
        Assert.Equal(
            Commented.Replace("mtu 1500\n", "mtu 1500\n\toption ip '10.0.0.1'\n", StringComparison.Ordinal),
            Rewritten(package => package.SetOption(new SectionId(1), "ip", ConfigValue.FromText("10.0.0.1"))));

    [Fact]
    public void A_new_section_comes_last_in_canonical_form() =>
        Assert.Equal(
            Commented + "\nconfig zone 'z'\n\tlist network 'lan'\n",
            Rewritten(package => package.SetOption(package.Add("zone", "z").Id, "network", ConfigValue.FromTexts(["lan"]))));

    [Fact]
    public void A_removed_section_leaves_the_comment_above_it() =>
        Assert.Equal(
            Commented.Replace("config interface garden\n\toption proto dhcp\n", string.Empty, StringComparison.Ordinal),
            Rewritten(package => package.RemoveSection(new SectionId(2))));

    [Fact]
    public void A_moved_section_takes_the_comment_above_it_along()
    {
        var text = Rewritten(package => package.MoveSection(new SectionId(2), 0));

        Assert.StartsWith("# The house's network.\n\n# the garden\nconfig interface garden\n\toption proto dhcp\n\n# upstairs\nconfig interface lan   # main\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_section_keeps_its_lines() =>
        Assert.Equal(
            Commented.Replace("interface garden", "interface 'yard'", StringComparison.Ordinal),
            Rewritten(package => package.TryRenameSection(new SectionId(2), "yard")));

    [Fact]
    public void A_text_without_comments_becomes_canonical()
    {
        var old = "config a b\n option x 1\n"u8.ToArray();

        var text = UciLayout.Rewrite(old, UciPackage.Parse("p", old, UciReaderOptions.Default));

        Assert.Equal("\nconfig a 'b'\n\toption x '1'\n\n", Encoding.UTF8.GetString(text));
    }

    [Fact]
    public void Commands_that_share_a_line_get_lines_of_their_own_when_one_changes()
    {
        var old = "config a b; option x 1; option y 2 # why\n"u8.ToArray();
        var package = UciPackage.Parse("p", old, UciReaderOptions.Default);
        package.SetOption(new SectionId(1), "y", ConfigValue.FromText("3"));

        Assert.Equal("# why\nconfig a 'b'\n\toption x '1'\n\toption y '3'\n", Encoding.UTF8.GetString(UciLayout.Rewrite(old, package)));
    }

    [Fact]
    public void A_section_opened_twice_is_joined_when_it_changes()
    {
        var old = "# top\nconfig a b\n\toption x 1\nconfig c d\n# more\nconfig a b\n\toption y 2\n"u8.ToArray();
        var package = UciPackage.Parse("p", old, UciReaderOptions.Default);
        package.SetOption(new SectionId(1), "y", ConfigValue.FromText("3"));

        Assert.Equal("# top\nconfig a b\n\toption x 1\n# more\n\toption y '3'\nconfig c d\n", Encoding.UTF8.GetString(UciLayout.Rewrite(old, package)));
    }

    [Theory]
    [InlineData(UciDialect.Cms)]
    [InlineData(UciDialect.Reference)]
    public void What_is_written_always_reads_back_as_the_module(UciDialect dialect)
    {
        var options = new UciReaderOptions { Dialect = dialect };
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new RandomText(seed);
            var isWithEmpty = dialect == UciDialect.Cms;
            var old = Encoding.UTF8.GetBytes(random.HandWritten(random.Package(isWithEmpty)));
            if (UciPackage.TryParse("p", old, options, _ => { }, out _) is not { } package)
            {
                continue;
            }

            var same = UciLayout.Rewrite(old, package, dialect);
            Assert.True(!HasComment(old, dialect) || same.AsSpan().SequenceEqual(old), $"Seed {seed}: nothing changed, and yet the text did.");

            random.Change(package, isWithEmpty);
            var text = UciLayout.Rewrite(old, package, dialect);
            var back = UciPackage.Parse("p", text, options);
            Assert.True(SectionContent.AreEqual(package, back), $"Seed {seed}: the text says something else.");
        }
    }

    [Fact]
    public void The_canonical_form_is_almost_never_needed_where_there_are_comments()
    {
        var canonical = 0;
        var all = 0;
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new RandomText(seed);
            var old = Encoding.UTF8.GetBytes("# a comment at the top\n\n" + random.HandWritten(random.Package(true)));
            if (UciPackage.TryParse("p", old, UciReaderOptions.Default, _ => { }, out _) is not { } package)
            {
                continue;
            }

            random.Change(package, true);
            all++;
            canonical += UciLayout.Rewrite(old, package).AsSpan().StartsWith("# a comment at the top\n"u8) ? 0 : 1;
        }

        Assert.True(all > 1500, $"Only {all} texts.");
        Assert.Equal(0, canonical);
    }

    [Fact]
    public void Rewriting_takes_time_linear_in_the_text()
    {
        var text = new StringBuilder("# many\n");
        for (var section = 0; section < 20_000; section++)
        {
            text.Append($"config rule\n\toption name 'r{section}'\n\toption target ACCEPT\n");
        }

        var old = Encoding.UTF8.GetBytes(text.ToString());
        var package = UciPackage.Parse("p", old, UciReaderOptions.Default);
        package.SetOption(new SectionId(10_000), "target", ConfigValue.FromText("DROP"));

        var rewritten = Encoding.UTF8.GetString(UciLayout.Rewrite(old, package));

        Assert.Contains("'r9999'\n\toption target 'DROP'\n", rewritten, StringComparison.Ordinal);
        Assert.Equal(old.Length + 4 - 6 + 2, rewritten.Length);
    }

    private static bool HasComment(byte[] text, UciDialect dialect)
    {
        var reader = new UciReader(text, new UciReaderOptions { Dialect = dialect });
        while (reader.Read())
        {
        }

        return reader.HasComment;
    }

    private static string Rewritten(Action<UciPackage> change)
    {
        var old = Encoding.UTF8.GetBytes(Commented);
        var package = UciPackage.Parse("p", old, UciReaderOptions.Default);
        change(package);
        return Encoding.UTF8.GetString(UciLayout.Rewrite(old, package));
    }
}
