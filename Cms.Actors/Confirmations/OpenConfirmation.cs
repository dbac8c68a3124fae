using Cms.Storage.Confirmations;

namespace Cms.Actors.Confirmations;

/// <summary>A confirmation that waits; guarded by the keeper's lock.</summary>
internal sealed class OpenConfirmation(StoredConfirmation stored)
{
    /// <summary>As the journal keeps it.</summary>
    public StoredConfirmation Stored { get; set; } = stored;

    /// <summary>When it is to be rolled back; later than the deadline when that failed before.</summary>
    public TimeSpan NextAttempt { get; set; } = stored.Terms.Deadline.At;

    /// <summary>Why it could not be rolled back, or null.</summary>
    public string? Problem { get; set; }

    /// <summary>Ends the probe.</summary>
    public CancellationTokenSource Ended { get; } = new();

    /// <summary>When it runs out.</summary>
    public TimeSpan Deadline => Stored.Terms.Deadline.At;
}
