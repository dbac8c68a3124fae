using System.Text.RegularExpressions;
using Xunit;

namespace Cms.Tests.Tidy;

public sealed partial class NamingTests
{
    [Fact]
    public void Every_folder_file_and_type_is_named_for_one_concept() => Assert.Empty(Repository.Violations(VagueNames, ".cs"));

    [Theory]
    [InlineData("Cms.Actors/Utils/Clock.cs", "class Clock;")]
    [InlineData("Cms.Actors/Common/Clock.cs", "class Clock;")]
    [InlineData("Cms.Actors/ClockHelper.cs", "class Clock;")]
    [InlineData("Cms.Actors/Clock.cs", "class ClockManager;")]
    [InlineData("Cms.Actors/Clock.cs", "record struct ClockUtils(int A);")]
    public void A_vague_name_is_found(string path, string text) => Assert.NotEmpty(VagueNames(new RepositoryFile(path, text)));

    [Fact]
    public void A_plain_name_is_none() => Assert.Empty(VagueNames(new RepositoryFile("Cms.Actors/Commons/Manages.cs", "class Commoner;")));

    private static IEnumerable<string> VagueNames(RepositoryFile file) =>
        file.Path.Split('/').Where(part => VaguePath().IsMatch(part)).Select(part => $"{file.Path}: {part}").Concat(file.Find(VagueType()));

    [GeneratedRegex(@"(Utils?|Utilities|Helpers?|Common|Managers?)(\.cs)?$")]
    private static partial Regex VaguePath();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\s+\w*(Utils?|Utilities|Helpers?|Common|Managers?)\b")]
    private static partial Regex VagueType();
}
