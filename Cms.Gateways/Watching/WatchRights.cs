using Cms.Actors.Topics;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Gateways.Http;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Watching;

/// <summary>What who watches may hear, by the rules of this moment, as long as what he has shown for himself holds.</summary>
/// <remarks>Any thread may call.</remarks>
/// <param name="scope">What he may do.</param>
/// <param name="proof">What he has shown; null when his connection vouches for him.</param>
/// <param name="path">What he wants to hear of.</param>
/// <param name="action">What he has to be allowed for it.</param>
internal sealed class WatchRights(CallerScope scope, ICallerProof? proof, AccessPath path, AccessAction action = AccessAction.Watch)
{
    /// <summary>What he may do now.</summary>
    public AccessScope Scope => scope.Current;

    /// <summary>Why there is nothing at all that he may hear any more; null when there is something.</summary>
    public string? WhyGone =>
        !IsProven ? "what vouched for this caller does not hold any more: the key, login or token has ended or was changed"
        : Scope.Extent(action, path) == AccessExtent.None ? "nothing may be watched any more by this caller: the rules have changed"
        : null;

    /// <summary>Whether that may come to be so although nothing is committed.</summary>
    public bool EndByThemselves => proof is not null || Scope.GoodUntil != DateTimeOffset.MaxValue;

    /// <summary>Whether he may hear anything of a module.</summary>
    public bool Hears(ModuleName module) => Scope.In(module.ToString()).Extent(AccessAction.Watch) != AccessExtent.None;

    /// <summary>What he may hear of an event; null when that is nothing.</summary>
    public TopicEvent? Filter(TopicEvent happened) =>
        Scope is not { IsEverything: false } some ? happened : WatchView.Filter(some, [happened]) is [var heard] ? heard : null;

    /// <summary>A position without the modules that he may not know of.</summary>
    public JournalPosition Filter(JournalPosition position) => WatchView.Readable(Scope, position);

    // While the module of the rules cannot be read nobody is let in, and nobody is thrown out for it.
    private bool IsProven
    {
        get
        {
            try
            {
                return proof is null || proof.Holds;
            }
            catch (Exception unreadable) when (unreadable is SegmentException or SnapshotTooOldException or IOException)
            {
                return true;
            }
        }
    }
}
