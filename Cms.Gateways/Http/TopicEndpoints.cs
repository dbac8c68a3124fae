using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Gateways.Watching;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about application topics.</summary>
/// <param name="node">The node.</param>
/// <param name="watches">What everything that goes on has in common.</param>
internal sealed class TopicEndpoints(Node node, WatchService watches)
{
    private static readonly byte[] Alive = MessageMapper.ToBytes(new() { Kind = WatchLine.Alive });

    private static readonly NumberParameter Since = new("since", "The number of the last message that the caller has; without it only new ones are told.", 0, long.MaxValue);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        const string One = "/topics/{topic}";
        const string Subscription = One + "/subscriptions/{subscription}";
        ErrorCode[] stored = [ErrorCode.StorageFull, ErrorCode.UnknownOutcome];
        api.Get("/topics", "The application topics.", ListAsync).Answers(WireJson.Default.IReadOnlyListTopicReport);
        api.Put(One, "Makes a topic, or gives it other bounds.", ConfigureAsync).Takes(WireJson.Default.TopicSettings).Answers(WireJson.Default.TopicReport).Refuses(stored);
        api.Delete(One, "Deletes a topic with its messages and subscriptions.", DeleteAsync).AnswersNothing().Refuses(stored);
        api.Post(One, "Publishes messages, all or none.", PublishAsync)
            .Takes(WireJson.Default.PublishRequest).AtMost(HttpGateway.MaxCommitBytes).Answers(WireJson.Default.PublishReply).Refuses(stored);
        api.Get(One + "/messages", "Tells messages as they come, a line each.", ReadAsync).Query(Since, WatchEndpoints.Heartbeat).Streams(WireJson.Default.MessageLine);
        api.Put(Subscription, "Begins a durable subscription.", SubscribeAsync).Takes(WireJson.Default.SubscriptionRequest).Answers(WireJson.Default.TopicReport).Refuses(stored);
        api.Delete(Subscription, "Ends a durable subscription.", UnsubscribeAsync).AnswersNothing().Refuses(stored);
        api.Get(Subscription + "/messages", "Tells the messages that are not acknowledged, and new ones as they come, a line each.", ReadAsync)
            .Query(WatchEndpoints.Heartbeat).Streams(WireJson.Default.MessageLine);
        api.Post(Subscription + "/ack", "Acknowledges messages up to a number.", AcknowledgeAsync).Takes(WireJson.Default.AcknowledgeRequest).AnswersNothing().Refuses(stored);
    }

    /// <summary>Every topic.</summary>
    public Task ListAsync(HttpContext context) =>
        Answers.WriteAsync(context, [.. node.MessageTopics.All.Where(topic => context.Scope().Allows(AccessAction.Read, AccessPath.OfTopic(topic.State.Name))).Select(MessageMapper.ToReport)], WireJson.Default.IReadOnlyListTopicReport);

    /// <summary>Makes a topic, or gives it other bounds.</summary>
    public async Task ConfigureAsync(HttpContext context)
    {
        RequireAdmin(context);
        var settings = await Answers.ReadAsync(context, WireJson.Default.TopicSettings);
        var bounds = MessageMapper.ToBounds(settings, node.MessageTopics.DefaultBounds);
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"configure topic {Value(context, "topic")}");
        var topic = await node.MessageTopics.ConfigureAsync(Value(context, "topic"), bounds, context.RequestAborted);
        await Answers.WriteAsync(context, MessageMapper.ToReport(topic), WireJson.Default.TopicReport);
    }

    /// <summary>Deletes a topic.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        _ = Topic(context, AccessAction.Admin);
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"delete topic {Value(context, "topic")}");
        await node.MessageTopics.DeleteAsync(Value(context, "topic"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Publishes messages.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        var topic = Topic(context, AccessAction.Write);
        var request = await Answers.ReadAsync(context, WireJson.Default.PublishRequest);
        if (request.Messages.Count is 0 or > JournalLimits.MaxBatch)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the request has {request.Messages.Count} messages; it takes 1 to {JournalLimits.MaxBatch}");
        }

        var bodies = request.Messages.Select(message => MessageMapper.ToBody(message, node.MessageTopics.MaxMessageBytes)).ToList();
        var state = await topic.AskAsync(new MessageTopicCommand.Publish(context.Caller().Principal.Name, bodies), context.RequestAborted);
        await Answers.WriteAsync(context, new() { First = state.Last - bodies.Count + 1, Last = state.Last }, WireJson.Default.PublishReply);
    }

    /// <summary>Begins a durable subscription.</summary>
    public async Task SubscribeAsync(HttpContext context)
    {
        var topic = Topic(context);
        var request = await Answers.ReadAsync(context, WireJson.Default.SubscriptionRequest);
        var name = Value(context, "subscription");
        MessageTopicDirectory.CheckName(name, "subscription");
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"begin subscription {name} of topic {Value(context, "topic")}");
        await topic.AskAsync(new MessageTopicCommand.Subscribe(name, request.FromFirst), context.RequestAborted);
        await Answers.WriteAsync(context, MessageMapper.ToReport(topic), WireJson.Default.TopicReport);
    }

    /// <summary>Ends a durable subscription.</summary>
    public async Task UnsubscribeAsync(HttpContext context)
    {
        var topic = Topic(context);
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"end subscription {Value(context, "subscription")} of topic {Value(context, "topic")}");
        await topic.AskAsync(new MessageTopicCommand.Unsubscribe(Value(context, "subscription")), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Acknowledges messages.</summary>
    public async Task AcknowledgeAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.AcknowledgeRequest);
        await Topic(context).AskAsync(new MessageTopicCommand.Acknowledge(Value(context, "subscription"), request.Sequence), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Tells messages as they come, without a subscription or for one.</summary>
    public async Task ReadAsync(HttpContext context)
    {
        var topic = Topic(context);
        var heartbeat = TimeSpan.FromMilliseconds(WatchEndpoints.Heartbeat.Read(context));
        var since = Since.Find(context);
        using var reader = topic.Read(context.Request.RouteValues["subscription"] as string, since);
        using var stream = new LineStream(context, watches, heartbeat, MediaTypes.JsonLines);
        using var entry = watches.Watches.Enter(WatchService.RightsOf(context, AccessPath.OfTopic(Value(context, "topic")), AccessAction.Watch), _ => stream.End());
        var last = new MessageLine { Kind = MessageLine.Over };
        try
        {
            await stream.SendAsync(MessageMapper.ToBytes(new() { Kind = WatchLine.Start }));
            while (await stream.WaitAsync(reader.WaitAsync, Alive))
            {
                var events = await reader.TakeAsync(stream.Ending);
                if (events.Count > 0)
                {
                    await stream.SendAsync([.. events.Select(MessageMapper.ToLine)]);
                }
            }
        }
        catch (OperationCanceledException)
        {
            last = new() { Kind = WatchLine.End };
        }
        catch (JournalException failure)
        {
            last = new() { Kind = WatchLine.Failed, Problem = ReplyMapper.ToProblem(new Refusal(ErrorCode.Unavailable, failure.Message)) };
        }

        if (stream.IsHeard)
        {
            await stream.SendAsync(MessageMapper.ToBytes(last));
        }
    }

    private MessageTopic Topic(HttpContext context, AccessAction action = AccessAction.Watch)
    {
        var (name, scope) = (Value(context, "topic"), context.Scope());
        if (!Enum.GetValues<AccessAction>().Any(each => scope.Allows(each, AccessPath.OfTopic(name))))
        {
            throw MessageTopicDirectory.NotThere(name);
        }

        var topic = node.MessageTopics.Get(name);
        Require(context, action, name);
        return topic;
    }

    private static void RequireAdmin(HttpContext context) => Require(context, AccessAction.Admin, Value(context, "topic"));

    private static void Require(HttpContext context, AccessAction action, string topic)
    {
        if (!context.Scope().Allows(action, AccessPath.OfTopic(topic)))
        {
            throw new RefusedException(ErrorCode.Denied, $"{context.Caller().Principal.Name} may not {AccessRules.NameOf(action)} {AccessPath.OfTopic(topic)}: see cms access explain");
        }
    }

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;
}
