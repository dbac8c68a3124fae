using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;
using Cms.Storage.Topics;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cms.Tests.Topics;

/// <summary>What a topic answers while its journal fails.</summary>
public sealed class MessageTopicFaultTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-topic-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_of_unknown_outcome_is_called_so_also_when_the_journal_cannot_be_read_and_is_read_before_the_next()
    {
        await using var journal = SqliteJournal.Open(Path.Combine(_directory, "journal.db"), new Guid(1, 2, 3, new byte[8]));
        var store = new FailingStore(journal.Messages);
        await using var topics = new MessageTopicDirectory(new NodeOptions { StateDirectory = _directory }, store, TimeProvider.System, NullLogger.Instance);
        var topic = await topics.ConfigureAsync("news", topics.DefaultBounds, Token);
        await topic.AskAsync(Publish(), Token);

        store.LosesAnswers = true;
        var unknown = await Assert.ThrowsAsync<RefusedException>(() => topic.AskAsync(Publish(), Token));
        Assert.Equal(ErrorCode.UnknownOutcome, unknown.Refusal.Code);
        var unreadable = await Assert.ThrowsAsync<RefusedException>(() => topic.AskAsync(Publish(), Token));
        Assert.Equal(ErrorCode.Unavailable, unreadable.Refusal.Code);

        store.LosesAnswers = false;
        Assert.Equal(3, (await topic.AskAsync(Publish(), Token)).Last);
        Assert.Equal([1, 2, 3], journal.Messages.Read("news", 0, 10, 1000).Select(message => message.Sequence));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static MessageTopicCommand.Publish Publish() => new("uid:0", [new MessageBody(false, new byte[] { 1 })]);

    /// <summary>Stores what it is given, but answers with a failure and cannot be read meanwhile.</summary>
    private sealed class FailingStore(IMessageStore inner) : IMessageStore
    {
        public bool LosesAnswers { get; set; }

        public IReadOnlyList<StoredTopic> Topics() => LosesAnswers ? throw new JournalException("planted: cannot be read") : inner.Topics();

        public async Task WriteAsync(IReadOnlyList<TopicChange> changes, CancellationToken stopWaiting)
        {
            await inner.WriteAsync(changes, stopWaiting);
            if (LosesAnswers)
            {
                throw new JournalException("planted: the answer is lost");
            }
        }

        public IReadOnlyList<StoredMessage> Read(string topic, long after, int count, long bytes) => inner.Read(topic, after, count, bytes);

        public long TotalAt(string topic, long sequence) => inner.TotalAt(topic, sequence);
    }
}
