using System.Collections.Immutable;
using Cms.Actors.Topics;
using Cms.Formats.Refusals;
using Cms.Storage.Topics;
using Xunit;

namespace Cms.Tests.Topics;

public sealed class MessageTopicDeciderTests
{
    private const int Size = 100;

    [Fact]
    public void Messages_are_counted_without_gaps()
    {
        var topic = new Topic(new TopicBounds(10, 10_000, TopicOverflow.Refuse));
        Assert.Null(topic.Publish(2));
        Assert.Null(topic.Publish(1));
        Assert.Equal((1, 3, 3, 3 * Size), (topic.State.First, topic.State.Last, topic.State.Count, topic.State.Bytes));
    }

    [Theory]
    [InlineData(3, 10_000)]
    [InlineData(1000, 3 * Size)]
    public void A_full_topic_refuses_while_somebody_has_not_acknowledged(long messages, long bytes)
    {
        var topic = new Topic(new TopicBounds(messages, bytes, TopicOverflow.Refuse));
        topic.Do(new MessageTopicCommand.Subscribe("slow", FromFirst: false));
        topic.Do(new MessageTopicCommand.Subscribe("quick", FromFirst: false));
        Assert.Null(topic.Publish(3));
        topic.Do(new MessageTopicCommand.Acknowledge("quick", 3));
        var refusal = topic.Publish(1);
        Assert.Equal(ErrorCode.Busy, refusal!.Code);
        Assert.Contains("'slow'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, topic.State.Last);
        topic.Do(new MessageTopicCommand.Acknowledge("slow", 2));
        Assert.Equal((3, 1), (topic.State.First, topic.State.Count));
        Assert.Null(topic.Publish(2));
        Assert.Equal(ErrorCode.Busy, topic.Publish(1)!.Code);
    }

    [Theory]
    [InlineData(3, 10_000)]
    [InlineData(1000, 3 * Size)]
    public void A_full_topic_drops_the_oldest_when_it_is_to(long messages, long bytes)
    {
        var topic = new Topic(new TopicBounds(messages, bytes, TopicOverflow.DropOldest));
        topic.Do(new MessageTopicCommand.Subscribe("slow", FromFirst: false));
        for (var count = 0; count < 20; count++)
        {
            Assert.Null(topic.Publish(1));
            Assert.InRange(topic.State.Count, 1, 3);
        }

        Assert.Equal((18, 20), (topic.State.First, topic.State.Last));
        Assert.Null(topic.Publish(3));
        Assert.Equal((21, 23), (topic.State.First, topic.State.Last));
        Assert.Equal(ErrorCode.TooLarge, topic.Publish(4)!.Code);
    }

    [Fact]
    public void Without_a_subscription_nothing_is_refused_and_the_newest_stay_for_who_comes()
    {
        var topic = new Topic(new TopicBounds(3, 10_000, TopicOverflow.Refuse));
        Assert.Null(topic.Publish(2));
        Assert.Null(topic.Publish(2));
        topic.Do(new MessageTopicCommand.Subscribe("all", FromFirst: true));
        topic.Do(new MessageTopicCommand.Subscribe("new", FromFirst: false));
        Assert.Equal((1, 4), (topic.State.Acknowledged["all"], topic.State.Acknowledged["new"]));
        topic.Do(new MessageTopicCommand.Unsubscribe("all"));
        Assert.Equal(0, topic.State.Count);
    }

    [Fact]
    public void An_acknowledgement_never_goes_back_and_only_says_what_was_published()
    {
        var topic = new Topic(new TopicBounds(10, 10_000, TopicOverflow.Refuse));
        topic.Do(new MessageTopicCommand.Subscribe("a", FromFirst: false));
        Assert.Null(topic.Publish(5));
        topic.Do(new MessageTopicCommand.Acknowledge("a", 4));
        topic.Do(new MessageTopicCommand.Acknowledge("a", 2));
        topic.Do(new MessageTopicCommand.Subscribe("a", FromFirst: true));
        Assert.Equal((4, 5), (topic.State.Acknowledged["a"], topic.State.First));
        Assert.Equal(ErrorCode.InvalidArgument, topic.Decide(new MessageTopicCommand.Acknowledge("a", 6)).Refusal!.Code);
        Assert.Equal(ErrorCode.NotFound, topic.Decide(new MessageTopicCommand.Acknowledge("b", 1)).Refusal!.Code);
        Assert.Equal(ErrorCode.NotFound, topic.Decide(new MessageTopicCommand.Unsubscribe("b")).Refusal!.Code);
        topic.Do(new MessageTopicCommand.Subscribe("b", FromFirst: false));
        Assert.Equal(ErrorCode.Busy, topic.Decide(new MessageTopicCommand.Subscribe("c", FromFirst: false)).Refusal!.Code);
    }

    [Fact]
    public void Narrower_bounds_drop_the_oldest_or_are_refused()
    {
        var topic = new Topic(new TopicBounds(10, 10_000, TopicOverflow.Refuse));
        topic.Do(new MessageTopicCommand.Subscribe("a", FromFirst: false));
        Assert.Null(topic.Publish(5));
        Assert.Equal(ErrorCode.InvalidArgument, topic.Decide(new MessageTopicCommand.Configure(new(2, 10_000, TopicOverflow.Refuse))).Refusal!.Code);
        topic.Do(new MessageTopicCommand.Configure(new(10, 2 * Size, TopicOverflow.DropOldest)));
        Assert.Equal((4, 2), (topic.State.First, topic.State.Count));
    }

    private sealed class Topic(TopicBounds bounds)
    {
        private readonly Dictionary<long, long> _totals = [];

        public MessageTopicState State { get; private set; } = new("t", bounds, 1, 0, 0, 0, ImmutableSortedDictionary<string, long>.Empty);

        public MessageTopicDecision Decide(MessageTopicCommand command) =>
            MessageTopicDecider.Decide(State, command, default, sequence => _totals[sequence], mostSubscriptions: 2);

        public Refusal? Publish(int count)
        {
            var body = new MessageBody(IsJson: false, new byte[Size - StoredMessage.OverheadBytes]);
            return Apply(Decide(new MessageTopicCommand.Publish("uid:1", [.. Enumerable.Repeat(body, count)])));
        }

        public void Do(MessageTopicCommand command) => Assert.Null(Apply(Decide(command)));

        private Refusal? Apply(MessageTopicDecision decision)
        {
            foreach (var change in decision.Changes)
            {
                State = State.Apply(change);
                if (change is TopicChange.Published published)
                {
                    _totals.Add(published.Message.Sequence, published.Message.Total);
                }
            }

            return decision.Refusal;
        }
    }
}
