using System.Text;
using Cms.Cli.Output;
using Xunit;

namespace Cms.Tests.Transfer;

public sealed class TextTableTests
{
    private static readonly TextColumn[] Columns = [new("name", 6) { IsElastic = true }, new("n", 3) { IsRight = true, Gap = 1 }, new("", 0) { IsElastic = true }];

    [Fact]
    public void Without_a_terminal_every_cell_stands_in_full() =>
        Assert.Equal("name                  n\na name that is long   1  a text that is long as well\nb                    20\n  and a note\n", Print(null));

    [Fact]
    public void On_a_terminal_the_widest_columns_are_cut_first() =>
        Assert.Equal("name           n\na name that…   1  a text that…\nb             20\n  and a note\n", Print(30));

    [Fact]
    public void A_note_is_wrapped_and_a_line_that_cannot_fit_is_as_long_as_it_must_be() =>
        Assert.Equal("name       n\na name …   1  a text …\nb         20\n  and a\n  note\n", Print(11));

    [Theory]
    [InlineData("日本語", 6)]
    [InlineData("e\u0301a", 2)]
    [InlineData("😀", 2)]
    [InlineData("plain", 5)]
    public void Wide_characters_count_two_and_marks_none(string text, int width) => Assert.Equal(width, TextWidth.Of(text));

    [Fact]
    public void What_is_cut_is_never_wider_than_asked_for()
    {
        for (var width = 1; width < 12; width++)
        {
            Assert.InRange(TextWidth.Of(TextWidth.Cut("ab日本e\u0301語😀cd", width)), 1, width);
        }

        Assert.Equal("a\ufffd[31m", TextWidth.Harmless("a\u001b[31m"));
    }

    private static string Print(int? columns)
    {
        using var text = new MemoryStream();
        var output = new CommandOutput(text, Stream.Null, OutputFormat.Text) { FindColumns = () => columns };
        var table = new TextTable(Columns);
        table.Add("a name that is long", "1", "a text that is long as well");
        table.Add("b", "20", "");
        table.AddNote("and a note");
        table.Write(output);
        output.Flush();
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
