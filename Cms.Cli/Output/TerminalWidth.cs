using Cms.Formats.Mapping;

namespace Cms.Cli.Output;

/// <summary>The width of the terminal that standard output goes to.</summary>
internal static class TerminalWidth
{
    private const int StandardOutput = 1;

    /// <summary>How many columns it has; null when standard output goes elsewhere, or the terminal does not say.</summary>
    public static int? Find() => TerminalSize.FindColumns(StandardOutput);
}
