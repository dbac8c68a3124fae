using Cms.Storage.Journals;

namespace Cms.Storage.Keys;

/// <summary>The wrapped data keys, in the journal's file and by its one flush.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public interface IKeyStore
{
    /// <summary>All keys of all modules, by module and version.</summary>
    IReadOnlyList<StoredKey> All();

    /// <summary>Adds keys, or replaces those of the same ids, all or none; durable when it completes.</summary>
    /// <exception cref="JournalFullException">The disk is full; nothing was changed.</exception>
    /// <exception cref="JournalException">Whether it is durable is not known.</exception>
    Task SaveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting);

    /// <summary>Destroys keys, all or none: their rows are overwritten in the file, and the log that had them is emptied.</summary>
    /// <inheritdoc cref="SaveAsync"/>
    Task RemoveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting);
}
