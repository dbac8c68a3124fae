using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Storage.Confirmations;

namespace Cms.Storage.Journals;

/// <summary>Who asked for a commit and by which way.</summary>
/// <param name="Principal">Such as <c>uid:0</c>, or <c>file</c> for a hand edit.</param>
/// <param name="Gateway">Such as <c>unix</c> or <c>file</c>.</param>
/// <param name="Message">Free text of the caller; may be empty.</param>
/// <param name="RequestId">The caller's own name for the request, unique in the module while history is kept; null when it gave none.</param>
public sealed record CommitOrigin(string Principal, string Gateway, string Message, string? RequestId)
{
    /// <summary>Where the caller is; null for one on this machine. Kept in the audit log, not with the commit.</summary>
    public string? Address { get; init; }

    /// <summary>What may be changed for him. Not kept with the commit.</summary>
    public AccessScope Access { get; init; } = AccessScope.Everything;
}

/// <summary>What is known of a commit without its changes.</summary>
/// <param name="Module">The module changed.</param>
/// <param name="Revision">The module's revision that this commit made.</param>
/// <param name="CommitId">Node-wide, growing; given by the journal when the commit is appended.</param>
/// <param name="Time">The wall clock, a label only.</param>
/// <param name="Origin">Who and from where.</param>
/// <param name="ChangeCount">How many changes it holds.</param>
public sealed record CommitHead(ModuleName Module, Revision Revision, long CommitId, DateTimeOffset Time, CommitOrigin Origin, int ChangeCount)
{
    /// <summary>The commit over several modules that this is a part of, or null.</summary>
    public string? TransactionId { get; init; }
}

/// <summary>A decided commit on its way to the journal.</summary>
/// <param name="Module">The module changed.</param>
/// <param name="Revision">The one after the module's last.</param>
/// <param name="Time">The wall clock, a label only.</param>
/// <param name="Origin">Who and from where.</param>
/// <param name="Changes">At least one, applied in order.</param>
public sealed record CommitRecord(ModuleName Module, Revision Revision, DateTimeOffset Time, CommitOrigin Origin, IReadOnlyList<ModuleChange> Changes)
{
    /// <summary>The commit over several modules that this is a part of, or null.</summary>
    public string? TransactionId { get; init; }

    /// <summary>The first addresses that it touches, for the audit log; see <see cref="Cms.Formats.Audit.TouchedPaths"/>.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>What has to confirm this commit, opened in the same journal transaction; null when nothing has to.</summary>
    public ConfirmationTerms? Confirmation { get; init; }
}

/// <summary>A commit as recovery reads it.</summary>
/// <param name="Revision">The module's revision that this commit made.</param>
/// <param name="Changes">Its changes in order.</param>
public sealed record JournaledCommit(Revision Revision, IReadOnlyList<ModuleChange> Changes);
