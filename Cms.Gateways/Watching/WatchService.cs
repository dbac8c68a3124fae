using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Formats.Access;
using Cms.Gateways.Http;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Gateways.Watching;

/// <summary>What everything that goes on has in common: watches, validators and readers of topics, by lines, events or WebSockets.</summary>
/// <param name="node">The node.</param>
/// <param name="stopping">The daemon stops.</param>
internal sealed class WatchService(Node node, CancellationToken stopping)
{
    /// <summary>The settings.</summary>
    public NodeOptions Options => node.Options;

    /// <summary>The time.</summary>
    public TimeProvider Clock => node.Clock;

    /// <summary>The daemon stops.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>The one timer for signs of life.</summary>
    public Heartbeats Heartbeats { get; } = new(node.Clock);

    /// <summary>Those who watch.</summary>
    public RunningWatches Watches { get; } = new(node.Access, node.Clock);

    /// <summary>How often the client of a WebSocket is asked for a sign of life.</summary>
    public TimeSpan PingTime { get; } = TimeSpan.FromSeconds(node.Options.WatchPingSeconds);

    /// <summary>Which web pages may watch.</summary>
    public OriginPolicy Origins { get; } = new(node.Options.Door.AllowedOrigins);

    /// <summary>What who sends a request may hear.</summary>
    public static WatchRights RightsOf(HttpContext context) => RightsOf(context, AccessPath.Node, AccessAction.Watch);

    /// <summary>What a caller may hear of one thing, as long as he may do something about it.</summary>
    public static WatchRights RightsOf(HttpContext context, AccessPath path, AccessAction action) =>
        new(context.Features.GetRequiredFeature<CallerScope>(), context.Caller().Proof, path, action);

    /// <summary>Begins to listen.</summary>
    /// <param name="patterns">What is wanted.</param>
    /// <param name="since">Where to go on, as a client says it; null for now.</param>
    /// <param name="wantsOld">Whether changes say what was there before.</param>
    /// <param name="rights">Of who listens: what he may not know of is heard from now on, whatever he says of it.</param>
    /// <param name="told">See <see cref="TopicDirectory.Subscribe"/>.</param>
    /// <exception cref="Cms.Formats.Refusals.RefusedException">It may not be.</exception>
    public TopicSubscription Subscribe(IReadOnlyList<string> patterns, string? since, bool wantsOld, WatchRights rights, Action? told = null)
    {
        var parsed = patterns.Select(TopicPattern.Parse).ToList();
        var scope = rights.Scope;
        var position = since is null ? null : WatchView.Known(node, scope, WatchPosition.Parse(since, parsed));
        return node.Topics.Subscribe(parsed, position, WatchView.WantsOld(scope, wantsOld), told);
    }
}
