using Cms.Formats.Modules;

namespace Cms.Storage.Confirmations;

/// <summary>What a commit that has to be confirmed opens, in its own journal transaction; commits of one transaction share it.</summary>
/// <param name="Id">Names it; given once.</param>
/// <param name="Principal">Who committed.</param>
/// <param name="Time">The wall clock when it was opened, a label only.</param>
/// <param name="Probe">A command or URL whose success confirms, or null.</param>
/// <param name="Deadline">When it runs out.</param>
public sealed record ConfirmationTerms(string Id, string Principal, DateTimeOffset Time, string? Probe, BootDeadline Deadline);

/// <summary>A moment of the boot clock, and what was left until then when that was last written down.</summary>
/// <param name="BootId">The start of the machine that the moment belongs to.</param>
/// <param name="At">The moment, in time since that start.</param>
/// <param name="Remaining">How long it was until then; what counts after another start of the machine.</param>
public sealed record BootDeadline(string BootId, TimeSpan At, TimeSpan Remaining);

/// <summary>A confirmation as the journal keeps it.</summary>
/// <param name="Terms">What it was opened with, and its deadline as it is now.</param>
/// <param name="State">How it stands.</param>
/// <param name="Result">How it ended, in words; empty while it is open.</param>
/// <param name="Commits">The commits that it is about, each module once.</param>
public sealed record StoredConfirmation(ConfirmationTerms Terms, ConfirmationState State, string Result, IReadOnlyList<ConfirmedCommit> Commits);

/// <summary>A commit that has to be confirmed.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The revision that the commit made.</param>
public sealed record ConfirmedCommit(ModuleName Module, Revision Revision);

/// <summary>How a confirmation stands. Numbers are journaled and never change.</summary>
public enum ConfirmationState
{
    /// <summary>Neither confirmed nor run out, or run out and not yet rolled back.</summary>
    Open = 0,

    /// <summary>The commits stand.</summary>
    Confirmed = 1,

    /// <summary>The commits were taken back as far as they still stood.</summary>
    RolledBack = 2,
}
