using Cms.Formats.Audit;
using Cms.Storage.Journals;

namespace Cms.Storage.Audit;

/// <summary>Who did what, and who was refused what: rows in the journal's file, each with the hash of the one before.</summary>
/// <remarks>
/// The row of a commit is written with the commit, in its own journal transaction, by the journal itself. All members may be
/// called from any thread.
/// </remarks>
public interface IAuditLog
{
    /// <summary>Records an act that is no commit.</summary>
    /// <param name="entry">What happened, or is about to happen.</param>
    /// <param name="stopWaiting">Ends the wait only; an entry handed in is recorded.</param>
    /// <returns>
    /// When it completes, the row survives a power cut. Repeats of a refusal within a minute are only counted: they become one row
    /// with their number when the minute is over.
    /// </returns>
    /// <exception cref="JournalException">It may not be recorded: an act that was to be recorded first is not to be done.</exception>
    Task RecordAsync(AuditEntry entry, CancellationToken stopWaiting);

    /// <summary>The rows that a query asks for, newest first; archives are read only where the journal has too few.</summary>
    /// <exception cref="JournalException">The journal or an archive cannot be read.</exception>
    IReadOnlyList<AuditRow> Find(AuditQuery query);

    /// <summary>Every row there is, those in archives first, oldest first, as of one moment.</summary>
    /// <exception cref="JournalException">The journal or an archive cannot be read.</exception>
    IEnumerable<AuditRow> ReadAll();

    /// <summary>Checks every row there is: hashes, chain, signatures, and that the newest row that was signed is still there.</summary>
    /// <param name="head">A hash that was kept elsewhere and must be that of a row; null when none was.</param>
    /// <exception cref="JournalException">The journal or an archive cannot be read.</exception>
    AuditReport Verify(string? head);

    /// <summary>The public keys that rows may be signed with, in PEM; empty when none are signed.</summary>
    string PublicKeys { get; }
}
