using Cms.Storage.Journals;

namespace Cms.Actors.Backups;

/// <summary>What is restored from a backup.</summary>
/// <param name="Origin">Who asks; kept with the commits.</param>
/// <param name="Module">Only this module; null for all that the backup has.</param>
/// <param name="At">The moment to go back to; null for the newest that the backup has.</param>
/// <param name="WaitForFile">Whether the reply waits until the text files hold it.</param>
public sealed record RestoreOptions(CommitOrigin Origin, string? Module, DateTimeOffset? At, bool WaitForFile)
{
    /// <summary>The text of the identity that the backup is encrypted to; null for one that is not encrypted.</summary>
    public string? Identity { get; init; }

    /// <summary>Says nothing of the identity.</summary>
    public override string ToString() => nameof(RestoreOptions);
}
