using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Refusals;
using Cms.Gateways.Http;

namespace Cms.Gateways.Watching;

/// <summary>What all WebSockets have in common.</summary>
/// <param name="node">The node.</param>
/// <param name="heartbeats">The one timer.</param>
/// <param name="stopping">The daemon stops.</param>
internal sealed class WatchSocketContext(Node node, Heartbeats heartbeats, CancellationToken stopping)
{
    /// <summary>The settings.</summary>
    public NodeOptions Options => node.Options;

    /// <summary>The one timer.</summary>
    public Heartbeats Heartbeats => heartbeats;

    /// <summary>The daemon stops.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>How often a client is asked for a sign of life.</summary>
    public TimeSpan PingTime { get; } = TimeSpan.FromSeconds(node.Options.WatchPingSeconds);

    /// <summary>Begins what a client asks for.</summary>
    /// <param name="request">A subscribe.</param>
    /// <param name="scope">What the client may hear of.</param>
    /// <param name="told">See <see cref="TopicDirectory.Subscribe"/>.</param>
    /// <exception cref="RefusedException">It may not be.</exception>
    public TopicSubscription Subscribe(WatchSocketRequest request, AccessScope scope, Action told)
    {
        var patterns = (request.Patterns ?? []).Select(TopicPattern.Parse).ToList();
        var since = request.Since is { } text ? WatchView.Known(node, scope, WatchEndpoints.ParsePosition(text, patterns)) : null;
        return node.Topics.Subscribe(patterns, since, WatchView.WantsOld(scope, request.Old), told);
    }
}
