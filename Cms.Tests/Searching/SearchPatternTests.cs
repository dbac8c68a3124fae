using System.Text;
using Cms.Formats.Refusals;
using Cms.Formats.Searching;
using Xunit;

namespace Cms.Tests.Searching;

public sealed class SearchPatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "\u00e9", true)]
    [InlineData("a*b*c", "a1b2b3c", true)]
    [InlineData("a*b*c", "a1b2b3", false)]
    [InlineData("*.dns", "network.lan.dns", true)]
    [InlineData("*.dns", "network.lan.dns2", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[]x]", "]", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[\u00e0-\u00ff]", "\u00e9", true)]
    [InlineData("f.@rule[0].target", "f.@rule[0].target", true)]
    [InlineData("f.@rule[*].t[ab]*", "f.@rule[17].target", true)]
    [InlineData("f.@rule[*].t[xy]*", "f.@rule[17].target", false)]
    [InlineData("LAN", "lan", false)]
    public void A_glob_fits_a_whole_text(string glob, string text, bool isFound) =>
        Assert.Equal(isFound, SearchPattern.FromGlob(glob, ignoresCase: false).Matches(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("La?[N-P]", "lanO", true)]
    [InlineData("lan", "LANE", false)]
    public void A_glob_may_ignore_case(string glob, string text, bool isFound) =>
        Assert.Equal(isFound, SearchPattern.FromGlob(glob, ignoresCase: true).Matches(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("\u00c9t\u00c9", "l'\u00e9t\u00e9")]
    [InlineData("ETH", "on eth0")]
    public void A_text_may_be_found_in_another_case(string wanted, string text)
    {
        Assert.True(SearchPattern.FromText(wanted, ignoresCase: true).Matches(Encoding.UTF8.GetBytes(text)));
        Assert.False(SearchPattern.FromText(wanted, ignoresCase: false).Matches(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("[a-z")]
    [InlineData("[")]
    [InlineData("")]
    public void A_glob_that_is_none_is_refused(string glob) =>
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<RefusedException>(() => SearchPattern.FromGlob(glob, ignoresCase: false)).Refusal.Code);

    [Fact]
    public void An_expression_that_is_none_is_refused_with_its_place()
    {
        var refusal = Assert.Throws<RefusedException>(() => SearchPattern.FromRegex("a(b", ignoresCase: false, TimeProvider.System)).Refusal;
        Assert.Contains("insufficient closing parentheses at character 3", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(x+x+)+y")]
    [InlineData(@"^(([a-z])+.)+\1$")]
    public void An_expression_that_goes_back_and_forth_ends_all_the_same(string expression)
    {
        var pattern = SearchPattern.FromRegex(expression, ignoresCase: false, TimeProvider.System);
        try
        {
            Assert.False(pattern.Matches(Encoding.UTF8.GetBytes(new string('x', 40) + "!")));
        }
        catch (RefusedException refused)
        {
            Assert.Contains("takes too long", refused.Refusal.Message, StringComparison.Ordinal);
        }
    }

    // Every text that is found holds what the search looks for first, or the search would overlook it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_an_expression_finds_holds_its_runs(int seed)
    {
        var random = new Random(seed);
        var (matched, withRuns) = (0, 0);
        for (var round = 0; round < 40_000; round++)
        {
            var expression = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Piece(random)));
            var ignoresCase = random.Next(3) == 0;
            if (TryMake(expression, ignoresCase) is not { } pattern)
            {
                continue;
            }

            for (var count = 0; count < 6; count++)
            {
                var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Characters[random.Next(Characters.Length)])));
                if (pattern.Matches(text))
                {
                    matched++;
                    withRuns += pattern.Runs.Count > 0 ? 1 : 0;
                    Assert.All(pattern.Runs, run => Assert.True(
                        SearchPattern.Holds(text, run, ignoresCase), $"seed {seed}: '{expression}' finds '{Encoding.UTF8.GetString(text)}' without '{Encoding.UTF8.GetString(run)}'"));
                }
            }
        }

        Assert.True(matched > 1000 && withRuns > 100, $"seed {seed} matched {matched}, {withRuns} with runs");
    }

    private const string Characters = "abAB1.|]-[kK\u212a";

    private static string Piece(Random random) =>
        random.Next(3) == 0 ? "abAB1k"[random.Next(6)].ToString() : Pieces[random.Next(Pieces.Length)];

    private static readonly string[] Pieces =
        ["*", "?", "+", "{0,2}", "{2}", "|", "(", ")", "[ab]", "[^a]", "[]a]", "[^]a]", "[a^]", "[a-b-[b]]", "[[]", "[", "]", "\\.", "\\]", "\\d", "\\w", "\\x41", "\\b", ".", "^", "$", "-", "(?:a)", "\\|", "}", "{"];

    private static SearchPattern? TryMake(string expression, bool ignoresCase)
    {
        try
        {
            return SearchPattern.FromRegex(expression, ignoresCase, TimeProvider.System);
        }
        catch (RefusedException)
        {
            return null;
        }
    }
}
