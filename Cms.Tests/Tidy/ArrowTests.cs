using System.Xml.Linq;
using Xunit;

namespace Cms.Tests.Tidy;

/// <summary>Which project may lean on which: the table of docs/architecture.md.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Cms.Formats"] = [],
        ["Cms.Storage"] = ["Cms.Formats"],
        ["Cms.Actors"] = ["Cms.Storage", "Cms.Formats"],
        ["Cms.Client"] = ["Cms.Formats"],
        ["Cms.Gateways"] = ["Cms.Actors", "Cms.Storage", "Cms.Client", "Cms.Formats"],
        ["Cms.Host"] = ["Cms.Gateways", "Cms.Actors", "Cms.Storage", "Cms.Client", "Cms.Formats"],
        ["Cms.Cli"] = ["Cms.Client", "Cms.Formats"],
    };

    private static readonly string[] Observers = ["Cms.Tests", "Cms.Tests.Worker", "Cms.MultiNodeTests", "Cms.Benchmarks"];

    [Fact]
    public void Projects_lean_only_on_those_below() => Assert.Empty(Repository.Violations(WrongArrows, ".csproj"));

    [Fact]
    public void The_formats_use_no_package() => Assert.Empty(Packages(Project("Cms.Formats")));

    [Theory]
    [InlineData("Cms.Formats", "Cms.Storage")]
    [InlineData("Cms.Storage", "Cms.Actors")]
    [InlineData("Cms.Client", "Cms.Storage")]
    [InlineData("Cms.Cli", "Cms.Actors")]
    [InlineData("Cms.Actors", "Cms.Gateways")]
    [InlineData("Cms.Host", "Cms.Tests")]
    [InlineData("Cms.Elsewhere", "Cms.Formats")]
    public void An_arrow_against_the_grain_is_found(string from, string to) => Assert.NotEmpty(WrongArrows(Planted(from, to)));

    [Fact]
    public void An_arrow_with_the_grain_is_none() => Assert.Empty(WrongArrows(Planted("Cms.Host", "Cms.Gateways")));

    [Fact]
    public void A_package_is_found() =>
        Assert.NotEmpty(Packages(new RepositoryFile("a.csproj", """<Project><ItemGroup><PackageReference Include="P" /></ItemGroup></Project>""")));

    private static RepositoryFile Planted(string from, string to) =>
        new($"{from}/{from}.csproj", $"""<Project><ItemGroup><ProjectReference Include="../{to}/{to}.csproj" /></ItemGroup></Project>""");

    private static RepositoryFile Project(string name) => new($"{name}/{name}.csproj", Repository.Read($"{name}/{name}.csproj"));

    private static IEnumerable<string> WrongArrows(RepositoryFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        if (Observers.Contains(name))
        {
            return [];
        }

        return Below.TryGetValue(name, out var below)
            ? References(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Where(to => !below.Contains(to)).Select(to => $"{name} -> {to}")
            : [$"{name} has no place in the house"];
    }

    private static IEnumerable<string> Packages(RepositoryFile project) => References(project, "PackageReference");

    private static IEnumerable<string> References(RepositoryFile project, string element) =>
        XDocument.Parse(project.Text).Descendants(element).Select(reference => (string)reference.Attribute("Include")!);
}
