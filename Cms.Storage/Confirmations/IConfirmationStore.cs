using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Storage.Confirmations;

/// <summary>The confirmations of commits, in the journal's file and by its one flush.</summary>
/// <remarks>They are opened with the commits, see <see cref="CommitRecord.Confirmation"/>. All members may be called from any thread.</remarks>
public interface IConfirmationStore
{
    /// <summary>The confirmations that are open, oldest first.</summary>
    IReadOnlyList<StoredConfirmation> Open();

    /// <summary>The newest ones that have ended, newest first.</summary>
    IReadOnlyList<StoredConfirmation> Ended(int count);

    /// <summary>A confirmation, or null.</summary>
    StoredConfirmation? Find(string id);

    /// <summary>The confirmation that a commit opened, or null.</summary>
    string? FindByCommit(ModuleName module, Revision revision);

    /// <summary>The revision before the oldest commit of a module that is not confirmed yet, or null when there is none; its state must stay known.</summary>
    Revision? NeededState(ModuleName module);

    /// <summary>Replaces the deadlines of open confirmations; durable when it completes.</summary>
    /// <exception cref="JournalException">Whether it is durable is not known.</exception>
    Task SetDeadlinesAsync(IReadOnlyDictionary<string, BootDeadline> deadlines, CancellationToken stopWaiting);

    /// <summary>Ends an open confirmation; durable when it completes. One that has ended is left as it is.</summary>
    /// <exception cref="JournalException">Whether it is durable is not known.</exception>
    Task EndAsync(string id, ConfirmationState state, string result, CancellationToken stopWaiting);
}
