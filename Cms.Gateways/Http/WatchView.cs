using Cms.Actors;
using Cms.Actors.Access;
using Cms.Actors.Topics;
using Cms.Formats.Access;
using Cms.Formats.Modules;

namespace Cms.Gateways.Http;

/// <summary>What a watch takes and tells, for somebody who may not know of every module.</summary>
internal static class WatchView
{
    /// <summary>What a position says of modules that may be watched.</summary>
    public static JournalPosition Readable(AccessScope scope, JournalPosition position) => scope.IsEverything ? position
        : position with { Revisions = position.Revisions.Where(pair => MayHear(scope, pair.Key)).ToDictionary() };

    /// <summary>A position from which modules that may not be watched have nothing to tell, whatever was asked of them.</summary>
    public static JournalPosition Known(Node node, AccessScope scope, JournalPosition position)
    {
        if (scope.IsEverything)
        {
            return position;
        }

        var revisions = position.Revisions.Where(pair => MayHear(scope, pair.Key)).ToDictionary();
        foreach (var module in node.Journal.Modules().Where(module => !MayHear(scope, module.ToString())))
        {
            revisions[module.ToString()] = node.Journal.LastRevision(module);
        }

        return position with { Revisions = revisions };
    }

    /// <summary>Whether a subscription has to know what was there before: of a row it says whether it has changed in what may be read.</summary>
    public static bool WantsOld(AccessScope scope, bool isAskedFor) => isAskedFor || !scope.IsEverything;

    /// <summary>What of events somebody may hear.</summary>
    public static IReadOnlyList<TopicEvent> Filter(AccessScope scope, IReadOnlyList<TopicEvent> events) =>
        scope.IsEverything ? events : [.. events.Select(happened => EventFilter.Filter(scope, happened)).OfType<TopicEvent>()];

    private static bool MayHear(AccessScope scope, string module) => scope.In(module).Extent(AccessAction.Watch) != AccessExtent.None;
}
