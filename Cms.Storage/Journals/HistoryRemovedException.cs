using Cms.Formats.Modules;

namespace Cms.Storage.Journals;

/// <summary>What is asked for is older than the history that is kept.</summary>
public sealed class HistoryRemovedException : JournalException
{
    /// <summary>Commits or states of a module are no longer kept.</summary>
    /// <param name="module">The module.</param>
    /// <param name="removedUpTo">The last revision whose commit was removed.</param>
    internal HistoryRemovedException(ModuleName module, Revision removedUpTo)
        : base($"module {module}: the commits up to revision {removedUpTo} are no longer kept; raise history_count or history_days to keep more from now on")
    {
    }
}
