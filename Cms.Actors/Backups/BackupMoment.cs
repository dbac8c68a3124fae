using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.Backups;

/// <summary>Finds the revisions that the modules of a journal were at, at a moment of the wall clock. Pure.</summary>
/// <remarks>
/// The moment ends with the last commit, in the journal's order, whose time is not later; so commits that a clock which jumped
/// has labelled wrongly stay where they happened. A commit over several modules is never cut in half.
/// </remarks>
internal static class BackupMoment
{
    /// <summary>The revision of each module at the moment; modules that were not there yet are left out.</summary>
    /// <param name="heads">All commits that the journal keeps.</param>
    /// <param name="moment">The moment.</param>
    public static IReadOnlyDictionary<ModuleName, Revision> Find(IReadOnlyCollection<CommitHead> heads, DateTimeOffset moment)
    {
        var last = heads.Where(head => head.Time <= moment).MaxBy(head => head.CommitId);
        if (last is null)
        {
            return new Dictionary<ModuleName, Revision>();
        }

        var end = heads.Where(head => head == last || (last.TransactionId is not null && head.TransactionId == last.TransactionId)).Max(head => head.CommitId);
        return heads.Where(head => head.CommitId <= end).GroupBy(head => head.Module).ToDictionary(group => group.Key, group => group.Max(head => head.Revision));
    }
}
