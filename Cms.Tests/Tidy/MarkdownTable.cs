namespace Cms.Tests.Tidy;

/// <summary>Reads the first table of a Markdown text.</summary>
internal static class MarkdownTable
{
    /// <summary>The rows below the heading, each as its first cells joined by " | ", without code marks.</summary>
    public static IReadOnlyList<string> Rows(string text, int columns) =>
    [
        .. text.Split('\n')
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => string.Join(" | ", line.Trim('|', ' ').Split('|').Take(columns).Select(cell => cell.Trim().Trim('`')))),
    ];
}
