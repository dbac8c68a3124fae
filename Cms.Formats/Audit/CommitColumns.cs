namespace Cms.Formats.Audit;

/// <summary>What the journal keeps of a commit beside its module and its payload.</summary>
/// <param name="Revision">The revision that it made.</param>
/// <param name="CommitId">Its node-wide id.</param>
/// <param name="TransactionId">The commit over several modules that it is a part of, or null.</param>
/// <param name="RequestId">The caller's name for it, or null.</param>
/// <param name="TimeMilliseconds">The wall clock, since 1970 in UTC.</param>
/// <param name="Principal">Who.</param>
/// <param name="Gateway">By which way.</param>
/// <param name="Message">Free text of the caller.</param>
/// <param name="ChangeCount">How many changes it holds.</param>
public sealed record CommitColumns(
    long Revision,
    long CommitId,
    string? TransactionId,
    string? RequestId,
    long TimeMilliseconds,
    string Principal,
    string Gateway,
    string Message,
    int ChangeCount);
