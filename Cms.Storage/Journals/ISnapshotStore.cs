using Cms.Formats.Modules;

namespace Cms.Storage.Journals;

/// <summary>Whole states of modules beside their commits, so that a module is opened without all the commits that it ever had.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public interface ISnapshotStore
{
    /// <summary>
    /// Whether the commits since the newest snapshot outweigh it: 256 bytes for each commit and the bytes of its changes are
    /// at least the bytes of that snapshot, and at least 1 MiB.
    /// </summary>
    bool IsDue(ModuleName module);

    /// <summary>The revisions of the complete snapshots of a module, newest first.</summary>
    IReadOnlyList<Revision> List(ModuleName module);

    /// <summary>The state that a snapshot holds; takes memory for all of it.</summary>
    /// <exception cref="JournalException">It is damaged or not there.</exception>
    StoredModule Read(ModuleName module, Revision revision);

    /// <summary>Writes a snapshot in small steps, between which commits go on; it counts once it is complete.</summary>
    /// <param name="module">The module.</param>
    /// <param name="state">Its state at a revision that the journal has; read as it is written.</param>
    /// <param name="cancellation">Gives up; what was written of it is removed by the next one.</param>
    /// <exception cref="JournalException">It could not be written; nothing else is changed.</exception>
    Task WriteAsync(ModuleName module, IModuleView state, CancellationToken cancellation);
}
