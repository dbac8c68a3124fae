using Cms.Formats.Modules;
using Cms.Formats.Schemas;

namespace Cms.Storage.Journals;

/// <summary>Puts sealed values in place of plain ones in what the journal has of the past.</summary>
/// <remarks>All members may be called from any thread. What is replaced is overwritten, and the audit log says of each commit that it was.</remarks>
public interface IHistorySealing
{
    /// <summary>The version of the schema by which all of a module's past is sealed; null when it was never looked at.</summary>
    string? SealedBy(ModuleName module);

    /// <summary>Puts other changes, as many, in place of those of a commit; readers see either.</summary>
    /// <param name="module">The module.</param>
    /// <param name="commit">A commit of its past, with the changes that it is to have.</param>
    /// <param name="cancellation">Ends the wait only.</param>
    /// <exception cref="JournalException">The commit is not there, or whether it was replaced is not known.</exception>
    Task ReplaceAsync(ModuleName module, JournaledCommit commit, CancellationToken cancellation);

    /// <summary>Puts another state in place of that of the snapshot of its revision; readers see either.</summary>
    /// <inheritdoc cref="ReplaceAsync(ModuleName, JournaledCommit, CancellationToken)"/>
    /// <param name="module">The module.</param>
    /// <param name="state">The state; takes memory for all of it.</param>
    /// <param name="cancellation">Ends the wait only.</param>
    Task ReplaceAsync(ModuleName module, IModuleView state, CancellationToken cancellation);

    /// <summary>Empties the log of what was replaced, and notes by which schema all of a module's past is sealed, until another one is committed.</summary>
    /// <exception cref="JournalException">Somebody reads the journal for long, so that the log could not be emptied, or whether it is noted is not known.</exception>
    Task FinishAsync(ModuleName module, SchemaVersion version, CancellationToken cancellation);
}
