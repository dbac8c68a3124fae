using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>What the caller says about a commit beside what is staged.</summary>
/// <param name="Message">Kept with the commit; null for none.</param>
/// <param name="Waits">Whether to wait until the text file is written.</param>
/// <param name="Confirm">Has it rolled back unless it is confirmed in time; null for one that stands.</param>
internal sealed record CommitTerms(string? Message, bool Waits, ConfirmRequest? Confirm)
{
    /// <summary>Nothing is said.</summary>
    public static readonly CommitTerms None = new(null, Waits: false, null);
}
