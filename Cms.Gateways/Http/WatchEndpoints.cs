using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Gateways.Watching;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests that tell commits as they are made.</summary>
/// <param name="service">What all watches have in common.</param>
internal sealed class WatchEndpoints(WatchService service)
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
    private static readonly HeaderParameter LastEventId = new("Last-Event-ID", "Where server-sent events go on: the id of the last one that was heard.");

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/watch", "Tells commits as they are made, a line each.", GetAsync)
            .Query(Pattern, Since, Old, Heartbeat, WatchTicketEndpoint.Ticket).Heeds(LastEventId).Streams(WireJson.Default.WatchLine).StreamsText(MediaTypes.EventStream, "As server-sent events.");
        api.Get("/events", "Tells commits as they are made, as server-sent events.", EventsAsync)
            .Query(Pattern, Since, Old, Heartbeat, WatchTicketEndpoint.Ticket).Heeds(LastEventId).StreamsText(MediaTypes.EventStream, "An event for each line of a watch; its id is the position behind it.")
            .Refuses(ErrorCode.Conflict);
        api.Post("/watch", "Tells commits as they are made, a line each; for positions that are too long for a query.", PostAsync)
            .Takes(WireJson.Default.WatchRequest).Streams(WireJson.Default.WatchLine);
    }

    /// <summary>Watches what the query asks for.</summary>
    public Task GetAsync(HttpContext context) =>
        Negotiation.Chosen(context) == MediaTypes.EventStream ? EventsAsync(context) : WatchAsync(context, RequestOf(context), new WatchFormat());

    /// <summary>Watches what the body asks for, whose position may be longer than a query.</summary>
    public async Task PostAsync(HttpContext context) => await WatchAsync(context, await Answers.ReadAsync(context, WireJson.Default.WatchRequest), new WatchFormat());

    /// <summary>Watches by server-sent events; a browser that connects again says where it was.</summary>
    public Task EventsAsync(HttpContext context) => WatchAsync(
        context,
        RequestOf(context) is var request && context.Request.Headers[LastEventId.Name] is [{ Length: > 0 } last] ? request with { Since = last } : request,
        new EventStreamFormat());

    private static WatchRequest RequestOf(HttpContext context) => new()
    {
        Patterns = Pattern.Read(context),
        Since = Since.Find(context),
        Old = Old.IsSet(context),
        HeartbeatMs = Heartbeat.ReadInt(context),
    };

    private async Task WatchAsync(HttpContext context, WatchRequest request, WatchFormat format)
    {
        if (request.HeartbeatMs is < ShortestHeartbeatMs or > LongestHeartbeatMs)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"heartbeatMs {request.HeartbeatMs} is not legal: use a number from {ShortestHeartbeatMs} to {LongestHeartbeatMs}");
        }

        service.Origins.Check(context.Request);
        var rights = WatchService.RightsOf(context);
        string? whyGone = null;
        using var subscription = service.Subscribe(request.Patterns, request.Since, request.Old, rights);
        using var stream = new LineStream(context, service, TimeSpan.FromMilliseconds(request.HeartbeatMs), format.ContentType);
        using var running = WatchMeter.Begin(format.Way);
        using var entry = service.Watches.Enter(rights, reason =>
        {
            Volatile.Write(ref whyGone, reason);
            stream.End();
        });
        try
        {
            await stream.SendAsync(format.Start(rights.Filter(subscription.Position)));
            await TellAsync(subscription, stream, format, rights, request.Old);
        }
        catch (OperationCanceledException)
        {
            WatchMeter.Ended(!stream.IsHeard ? WatchEnd.Cut : whyGone is null ? WatchEnd.Stopping : WatchEnd.Rights);
            await EndAsync(stream, format, whyGone is { } reason ? Failed(ErrorCode.Denied, reason) : new() { Kind = WatchLine.End });
        }
        catch (JournalException failure)
        {
            WatchMeter.Ended(WatchEnd.Failed);
            await EndAsync(stream, format, Failed(ErrorCode.Unavailable, failure.Message));
        }
    }

    private static WatchLine Failed(ErrorCode code, string why) => new() { Kind = WatchLine.Failed, Problem = ReplyMapper.ToProblem(new Refusal(code, why)) };

    private static async Task TellAsync(TopicSubscription subscription, LineStream stream, WatchFormat format, WatchRights rights, bool withOld)
    {
        while (await stream.WaitAsync(subscription.WaitAsync, format.Alive))
        {
            var events = await subscription.TakeAsync(stream.Ending);
            if (events.Count > 0)
            {
                WatchMeter.Sent(await stream.SendAsync(events.Select(rights.Filter).OfType<TopicEvent>().Select(happened => format.Event(happened, withOld))));
            }

            format.Note(rights.Filter(subscription.Position));
        }
    }

    private static async Task EndAsync(LineStream stream, WatchFormat format, WatchLine last)
    {
        if (stream.IsHeard)
        {
            await stream.SendAsync(format.Last(last));
        }
    }
}
