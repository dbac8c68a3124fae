using Cms.Formats.Refusals;

namespace Cms.Actors.Modules;

/// <summary>Keeps everybody but one transaction from changing a module, for as long as a lease. Immutable.</summary>
/// <remarks>In memory only, like the transactions that take it: a module or daemon that starts again has none.</remarks>
/// <param name="Owner">The id of the transaction.</param>
/// <param name="TakenAt">When, as the clock counts.</param>
/// <param name="Lease">For how long.</param>
internal sealed record ModuleLock(string Owner, long TakenAt, TimeSpan Lease)
{
    /// <summary>How long it still holds; zero when the lease is over.</summary>
    public TimeSpan Remaining(TimeProvider clock)
    {
        var remaining = Lease - clock.GetElapsedTime(TakenAt);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    /// <summary>Why somebody may not change the module now, or null.</summary>
    /// <param name="locked">The lock, or null when nobody ever took one.</param>
    /// <param name="owner">The transaction that wants to change the module, or null for a plain commit.</param>
    /// <param name="clock">The time.</param>
    public static Refusal? Check(ModuleLock? locked, string? owner, TimeProvider clock)
    {
        var remaining = locked?.Remaining(clock) ?? TimeSpan.Zero;
        return remaining == TimeSpan.Zero || locked!.Owner == owner
            ? null
            : new Refusal(
                ErrorCode.Locked,
                $"transaction {locked.Owner} has locked the module for another {Math.Ceiling(remaining.TotalSeconds)} s at the most; send it again later");
    }
}
