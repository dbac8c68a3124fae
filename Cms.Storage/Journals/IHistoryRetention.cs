using Cms.Formats.Modules;

namespace Cms.Storage.Journals;

/// <summary>Lets go of commits that are no longer kept; the state that they led to stands in a snapshot.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public interface IHistoryRetention
{
    /// <summary>The last revision whose commit was removed, or <see cref="Revision.None"/>; states before it cannot be told any more.</summary>
    Revision RemovedUpTo(ModuleName module);

    /// <summary>The newest revision up to which every commit is older than a time, or <see cref="Revision.None"/>.</summary>
    Revision NewestBefore(ModuleName module, DateTimeOffset time);

    /// <summary>
    /// Removes commits, oldest first and in small steps between which others go on, and the snapshots that only they needed,
    /// and gives pages back to the system.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="upTo">
    /// The newest commit that may go. They go up to the newest snapshot that is not newer than this and has a newer one
    /// beside it, so that no single damage takes the module; the newest commit always stays.
    /// </param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="JournalException">The snapshot is damaged, or the journal could not be written; what was removed until then was covered.</exception>
    Task RemoveAsync(ModuleName module, Revision upTo, CancellationToken cancellation);
}
