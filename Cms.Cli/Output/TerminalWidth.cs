namespace Cms.Cli.Output;

/// <summary>The width of the terminal that standard output goes to.</summary>
internal static class TerminalWidth
{
    /// <summary>How many columns it has; null when standard output goes elsewhere, or the terminal does not say.</summary>
    public static int? Find() => Console.IsOutputRedirected || Console.WindowWidth is <= 0 ? null : Console.WindowWidth;
}
