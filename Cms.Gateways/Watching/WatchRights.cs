using Cms.Actors.Topics;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Gateways.Http;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Watching;

/// <summary>What who watches may hear, by the rules of this moment.</summary>
/// <remarks>Any thread may call.</remarks>
/// <param name="scope">What he may do.</param>
internal sealed class WatchRights(CallerScope scope)
{
    /// <summary>What he may do now.</summary>
    public AccessScope Scope => scope.Current;

    /// <summary>Whether there is nothing at all that he may hear any more.</summary>
    public bool AreGone => Scope.Extent(AccessAction.Watch, AccessPath.Node) == AccessExtent.None;

    /// <summary>Whether he may hear anything of a module.</summary>
    public bool Hears(ModuleName module) => Scope.In(module.ToString()).Extent(AccessAction.Watch) != AccessExtent.None;

    /// <summary>What he may hear of an event; null when that is nothing.</summary>
    public TopicEvent? Filter(TopicEvent happened) =>
        Scope is not { IsEverything: false } some ? happened : WatchView.Filter(some, [happened]) is [var heard] ? heard : null;

    /// <summary>A position without the modules that he may not know of.</summary>
    public JournalPosition Filter(JournalPosition position) => WatchView.Readable(Scope, position);
}
