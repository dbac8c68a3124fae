using Cms.Actors;
using Cms.Storage.Checks;
using Cms.Storage.Journals;

namespace Cms.Host;

/// <summary><c>cmsd check</c> and <c>cmsd repair</c>: what is damaged in the journal, and a new one of what is not.</summary>
internal static class JournalCommands
{
    private const int Good = 0;
    private const int Failed = 1;
    private const int Damaged = 3;

    /// <summary>Whether this names one of these commands.</summary>
    public static bool IsOne(string name) => name is "check" or "repair";

    /// <summary>Runs a command and prints what it finds.</summary>
    /// <param name="name">Which.</param>
    /// <param name="options">The settings of the daemon whose journal it is.</param>
    /// <param name="time">Now.</param>
    /// <param name="newId">Makes the id of a journal that has lost revisions.</param>
    /// <returns>0 when all is good, 3 when something is damaged or lost, 1 when the command could not do its work.</returns>
    public static int Run(string name, NodeOptions options, DateTimeOffset time, Func<Guid> newId)
    {
        try
        {
            var isGood = name == "check"
                ? CheckAll(options)
                : JournalRepair.Run(options.StateDirectory, options.JournalPath, time, newId, Console.Out.WriteLine);
            return isGood ? Good : Damaged;
        }
        catch (Exception fault) when (fault is JournalException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"cmsd: {fault.Message}");
            return Failed;
        }
    }

    private static bool CheckAll(NodeOptions options)
    {
        if (JournalRepair.FindUnfinished(options.StateDirectory) is { } unfinished)
        {
            Console.Out.WriteLine(unfinished);
            return false;
        }

        return JournalCheck.Run(options.StateDirectory, options.JournalPath, Console.Out.WriteLine);
    }
}
