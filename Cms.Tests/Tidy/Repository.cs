using Xunit;

namespace Cms.Tests.Tidy;

/// <summary>The files of the repository, as the rules see them.</summary>
internal static class Repository
{
    private static readonly string[] MadeByTools = ["bin", "obj", "artifacts", ".git"];

    /// <summary>The directory that holds Cms.sln.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every file that somebody wrote whose name ends so.</summary>
    public static IReadOnlyList<RepositoryFile> Files(params string[] endings) =>
        [.. Walk(Root).Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal))).Order(StringComparer.Ordinal).Select(Load)];

    /// <summary>The text of one file.</summary>
    /// <param name="path">From the root, with slashes.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>What a rule finds in all files that end so.</summary>
    public static IReadOnlyList<string> Violations(Func<RepositoryFile, IEnumerable<string>> rule, params string[] endings)
    {
        var files = Files(endings);
        Assert.NotEmpty(files);
        return [.. files.SelectMany(rule)];
    }

    private static RepositoryFile Load(string path) => new(Path.GetRelativePath(Root, path), File.ReadAllText(path));

    private static IEnumerable<string> Walk(string directory) =>
        Directory.EnumerateFiles(directory).Concat(
            Directory.EnumerateDirectories(directory).Where(child => !MadeByTools.Contains(Path.GetFileName(child))).SelectMany(Walk));

    private static string FindRoot(string directory) =>
        File.Exists(Path.Combine(directory, "Cms.sln")) ? directory
        : FindRoot(Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("The tests do not run inside the repository."));
}

/// <summary>One file.</summary>
/// <param name="Path">From the root, with slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed record RepositoryFile(string Path, string Text)
{
    private string? _code;

    /// <summary>The text with comments and literals blanked; every line keeps its number.</summary>
    public string Code => _code ??= CodeText.Blank(Text);

    /// <summary>Places in the code that a pattern matches, as a reader would look them up.</summary>
    public IEnumerable<string> Find(System.Text.RegularExpressions.Regex pattern) =>
        pattern.Matches(Code).Select(match => $"{Path}:{LineAt(Code, match.Index)}: {match.Value}");

    /// <summary>The 1-based line of an index.</summary>
    public static int LineAt(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;
}
