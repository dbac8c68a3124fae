using System.Globalization;
using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The request that tells commits as they are made.</summary>
/// <param name="node">The node.</param>
/// <param name="stopping">The daemon stops.</param>
internal sealed class WatchEndpoints(Node node, CancellationToken stopping)
{
    private const int ShortestHeartbeatMs = 100;
    private const int LongestHeartbeatMs = 3_600_000;

    /// <summary>How long an answer that goes on may be silent.</summary>
    public static readonly NumberParameter Heartbeat = new(
        "heartbeatMs", "The longest silence in milliseconds; then a sign of life is sent.", ShortestHeartbeatMs, LongestHeartbeatMs, WatchRequest.DefaultHeartbeatMs);

    /// <summary>What is told of.</summary>
    public static readonly TextsParameter Pattern = new("pattern", "module[.section[.option]], each part with * and ?; at least one.");

    private static readonly TextParameter Since = new("since", "Where to go on: a revision of the one module that the patterns name, 0 for the beginning, or a position.");
    private static readonly FlagParameter Old = new("old", "Whether changes say what was there before.");
    private static readonly byte[] Alive = EventMapper.ToBytes(new() { Kind = WatchLine.Alive });

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/watch", "Tells commits as they are made, a line each.", GetAsync).Query(Pattern, Since, Old, Heartbeat).Streams(WireJson.Default.WatchLine);
        api.Post("/watch", "Tells commits as they are made, a line each; for positions that are too long for a query.", PostAsync)
            .Takes(WireJson.Default.WatchRequest).Streams(WireJson.Default.WatchLine);
    }

    /// <summary>Watches what the query asks for.</summary>
    public Task GetAsync(HttpContext context) => WatchAsync(context, new WatchRequest
    {
        Patterns = Pattern.Read(context),
        Since = Since.Find(context),
        Old = Old.IsSet(context),
        HeartbeatMs = Heartbeat.ReadInt(context),
    });

    /// <summary>Watches what the body asks for, whose position may be longer than a query.</summary>
    public async Task PostAsync(HttpContext context) => await WatchAsync(context, await Answers.ReadAsync(context, WireJson.Default.WatchRequest));

    private async Task WatchAsync(HttpContext context, WatchRequest request)
    {
        if (request.HeartbeatMs is < ShortestHeartbeatMs or > LongestHeartbeatMs)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"heartbeatMs {request.HeartbeatMs} is not legal: use a number from {ShortestHeartbeatMs} to {LongestHeartbeatMs}");
        }

        var patterns = request.Patterns.Select(TopicPattern.Parse).ToList();
        var since = request.Since is { } text ? WatchView.Known(node, context.Scope(), ParsePosition(text, patterns)) : null;
        using var subscription = node.Topics.Subscribe(patterns, since, WatchView.WantsOld(context.Scope(), request.Old));
        using var stream = new LineStream(context, TimeSpan.FromMilliseconds(request.HeartbeatMs), stopping);
        try
        {
            await stream.SendAsync(EventMapper.ToBytes(new() { Kind = WatchLine.Start, Position = WatchView.Readable(context.Scope(), subscription.Position).ToString() }));
            await TellAsync(context, subscription, stream, request.Old);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(stream, new() { Kind = WatchLine.End });
        }
        catch (JournalException failure)
        {
            var problem = ReplyMapper.ToProblem(new Refusal(ErrorCode.Unavailable, failure.Message));
            await EndAsync(stream, new() { Kind = WatchLine.Failed, Problem = problem });
        }
    }

    private static async Task TellAsync(HttpContext context, TopicSubscription subscription, LineStream stream, bool withOld)
    {
        while (await stream.WaitAsync(subscription.WaitAsync, Alive))
        {
            var events = await subscription.TakeAsync(stream.Ending);
            events = WatchView.Filter(context.Scope(), events);
            if (events.Count > 0)
            {
                await stream.SendAsync([.. events.Select(happened => EventMapper.ToLine(happened, withOld))]);
            }
        }
    }

    private static async Task EndAsync(LineStream stream, WatchLine last)
    {
        if (stream.IsHeard)
        {
            await stream.SendAsync(EventMapper.ToBytes(last));
        }
    }

    /// <summary>What a client says about where to go on.</summary>
    /// <exception cref="RefusedException">It is not legal.</exception>
    public static JournalPosition ParsePosition(string text, List<TopicPattern> patterns)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            return JournalPosition.Parse(text);
        }

        var modules = patterns.Select(pattern => pattern.Module).Distinct().ToList();
        return revision == 0 ? JournalPosition.Beginning
            : modules.Count == 1 && patterns[0].NamesOneModule ? JournalPosition.Of(modules[0], new Revision(revision))
            : throw new RefusedException(
                ErrorCode.InvalidArgument, $"since {text} is a revision, which belongs to one module: name one in the patterns, or send 0 or a whole position");
    }
}
