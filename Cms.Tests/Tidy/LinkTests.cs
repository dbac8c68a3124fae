using System.Text.RegularExpressions;
using Xunit;

namespace Cms.Tests.Tidy;

/// <summary>The documents lead to places that exist.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_and_every_path_leads_somewhere() => Assert.Empty(Repository.Violations(DeadEnds, ".md"));

    [Theory]
    [InlineData("see [that](nowhere.md)", 1)]
    [InlineData("see `Cms.Formats/Nowhere`", 1)]
    [InlineData("see `Cms.Formats/Modules/Nowhere.cs`", 1)]
    [InlineData("see [this](docs/errors.md#table), [the web](https://example.org/a) and `Cms.Formats/Modules`", 0)]
    public void A_dead_end_is_found(string text, int expected) => Assert.Equal(expected, DeadEnds(new RepositoryFile("a.md", text)).Count());

    // A link starts from its document; a path in code marks from the root.
    private static IEnumerable<string> DeadEnds(RepositoryFile file) =>
        Targets(Link(), file.Text).Select(target => Path.Combine(Path.GetDirectoryName(file.Path)!, target))
            .Concat(Targets(CodePath(), file.Text))
            .Where(target => !Path.Exists(Path.Combine(Repository.Root, target)))
            .Select(target => $"{file.Path}: {target}");

    private static IEnumerable<string> Targets(Regex pattern, string text) => pattern.Matches(text).Select(match => match.Groups["target"].Value);

    [GeneratedRegex(@"\]\((?!\w+:)(?<target>[^)#\s]+)")]
    private static partial Regex Link();

    // Sources only: what a build makes is not there before it.
    [GeneratedRegex(@"`(?<target>(Cms\.\w+|docs|examples|packaging)/[\w./-]+)`")]
    private static partial Regex CodePath();
}
