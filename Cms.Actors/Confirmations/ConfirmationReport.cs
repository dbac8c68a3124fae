using Cms.Storage.Confirmations;

namespace Cms.Actors.Confirmations;

/// <summary>How a confirmation stands.</summary>
/// <param name="Stored">As the journal keeps it.</param>
/// <param name="Remaining">How long it still waits, not below zero; null when it has ended.</param>
/// <param name="Problem">Why it could not be rolled back yet, or null.</param>
public sealed record ConfirmationReport(StoredConfirmation Stored, TimeSpan? Remaining, string? Problem);
