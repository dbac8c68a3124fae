using Cms.Storage.Journals;

namespace Cms.Storage.Topics;

/// <summary>What application topics must keep: their messages in order, and how far each subscription has acknowledged.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public interface IMessageStore
{
    /// <summary>Every topic.</summary>
    IReadOnlyList<StoredTopic> Topics();

    /// <summary>Makes changes durable, all of them or none, in the order given.</summary>
    /// <param name="changes">Of any topics.</param>
    /// <param name="stopWaiting">Ends the wait only.</param>
    /// <exception cref="JournalFullException">The disk is full; nothing of it is durable.</exception>
    /// <exception cref="JournalException">Whether they are durable is not known.</exception>
    Task WriteAsync(IReadOnlyList<TopicChange> changes, CancellationToken stopWaiting);

    /// <summary>The messages after a sequence number that are kept, oldest first.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="after">The last number that is not wanted.</param>
    /// <param name="count">The most messages.</param>
    /// <param name="bytes">About the most bytes of payload; the last message may go beyond.</param>
    IReadOnlyList<StoredMessage> Read(string topic, long after, int count, long bytes);

    /// <summary>What all messages of a topic took up to and including this one, which is kept; see <see cref="StoredMessage.Total"/>.</summary>
    long TotalAt(string topic, long sequence);
}
