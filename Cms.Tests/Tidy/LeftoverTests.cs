using System.Text.RegularExpressions;
using Xunit;

namespace Cms.Tests.Tidy;

public sealed partial class LeftoverTests
{
    private static readonly string[] Written = [".cs", ".csproj", ".props", ".sln", ".sh", ".md", ".json", ".proto", ".service", "Makefile", ".ci/run", ".ci/test"];

    [Fact]
    public void Nothing_is_left_over() => Assert.Empty(Repository.Violations(Leftovers, Written));

    [Fact]
    public void Nobody_sleeps() => Assert.Empty(Repository.Violations(Sleeps, ".cs"));

    [Theory]
    [InlineData("// FIX" + "ME later")]
    [InlineData("# TO" + "DO: more")]
    [InlineData("a(); // HA" + "CK")]
    [InlineData("a\n<<<<<<" + "< HEAD\nb")]
    [InlineData("a\n>>>>>>" + "> 123\nb")]
    public void A_leftover_is_found(string text) => Assert.Single(Leftovers(new RepositoryFile("a.cs", text)));

    [Fact]
    public void A_word_that_holds_one_is_none() => Assert.Empty(Leftovers(new RepositoryFile("a.cs", "HACKSAW = 1 // to do, fix me")));

    [Fact]
    public void A_sleep_is_found_in_code_and_not_in_words()
    {
        Assert.Single(Sleeps(new RepositoryFile("a.cs", "Thread.Sleep(1);")));
        Assert.Empty(Sleeps(new RepositoryFile("a.cs", "// no Thread.Sleep here")));
    }

    private static IEnumerable<string> Leftovers(RepositoryFile file) =>
        Leftover().Matches(file.Text).Select(match => $"{file.Path}:{RepositoryFile.LineAt(file.Text, match.Index)}: {match.Value}");

    private static IEnumerable<string> Sleeps(RepositoryFile file) => file.Find(Sleep());

    [GeneratedRegex(@"\b(FIX[M]E|TO[D]O|HA[C]K|XX[X])\b|^(<<<<<<<|>>>>>>>) ", RegexOptions.Multiline)]
    private static partial Regex Leftover();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b")]
    private static partial Regex Sleep();
}
