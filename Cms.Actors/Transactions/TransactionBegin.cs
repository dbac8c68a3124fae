using Cms.Storage.Journals;

namespace Cms.Actors.Transactions;

/// <summary>How a transaction is begun.</summary>
/// <param name="Origin">Who begins it; the commits bear it.</param>
/// <param name="Idle">How long it stays open without use; 1 s to <see cref="TransactionLimits.LongestTime"/>.</param>
/// <param name="Locks">The modules that are locked from the start.</param>
/// <param name="Lease">For how long these are locked; 1 s to <see cref="TransactionLimits.LongestTime"/>.</param>
public sealed record TransactionBegin(CommitOrigin Origin, TimeSpan Idle, IReadOnlyList<string> Locks, TimeSpan Lease);
