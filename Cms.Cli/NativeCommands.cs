namespace Cms.Cli;

/// <summary>The commands of <c>cms</c> itself.</summary>
internal static class NativeCommands
{
    private const int NotUnderstood = 2;

    /// <summary>Runs a command line that is not of the <c>uci</c> personality.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        Console.Error.WriteLine(args.Length == 0 ? "Usage: cms uci <command> [<argument>...]" : $"cms: unknown command '{args[0]}'. Usage: cms uci <command> [<argument>...]");
        return NotUnderstood;
    }
}
