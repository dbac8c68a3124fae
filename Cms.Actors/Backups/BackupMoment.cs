using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.Backups;

/// <summary>Finds the revisions that the modules of a journal were at, at a moment of the wall clock. Pure.</summary>
/// <remarks>
/// The moment ends, in the journal's order, before the first commit whose time is later; so commits that a clock which was not set
/// yet has labelled with a time long past stay where they happened. A commit over several modules is never cut in half.
/// </remarks>
internal static class BackupMoment
{
    /// <summary>The revision of each module at the moment; modules that were not there yet are left out.</summary>
    /// <param name="heads">All commits that the journal keeps.</param>
    /// <param name="moment">The moment.</param>
    public static IReadOnlyDictionary<ModuleName, Revision> Find(IReadOnlyCollection<CommitHead> heads, DateTimeOffset moment)
    {
        var past = heads.OrderBy(head => head.CommitId).TakeWhile(head => head.Time <= moment).ToList();
        var transaction = past.Count == 0 ? null : past[^1].TransactionId;
        return past.Concat(heads.Where(head => transaction is not null && head.TransactionId == transaction))
            .GroupBy(head => head.Module)
            .ToDictionary(group => group.Key, group => group.Max(head => head.Revision));
    }
}
