using System.Threading.Channels;

namespace Cms.Actors.Mailboxes;

/// <summary>A bounded queue with one consumer, who takes all that waits at once.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <remarks>Any thread may post; one loop at a time drains.</remarks>
public sealed class Mailbox<T>
{
    private readonly Channel<T> _channel;

    /// <summary>An empty mailbox.</summary>
    /// <param name="size">The most messages that wait.</param>
    public Mailbox(int size) => _channel = Channel.CreateBounded<T>(new BoundedChannelOptions(size) { SingleReader = true });

    /// <summary>Hands a message in.</summary>
    /// <returns>False when the mailbox is full or closed; the message was not taken.</returns>
    public bool TryPost(T message) => _channel.Writer.TryWrite(message);

    /// <summary>No more messages are taken; those inside can still be drained.</summary>
    public void Close() => _channel.Writer.TryComplete();

    /// <summary>Waits for a message.</summary>
    /// <returns>False when the mailbox is closed and empty.</returns>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _channel.Reader.WaitToReadAsync(cancellation);

    /// <summary>Takes what waits now, oldest first.</summary>
    /// <param name="most">How many at the most.</param>
    public IReadOnlyList<T> Drain(int most)
    {
        var messages = new List<T>();
        while (messages.Count < most && _channel.Reader.TryRead(out var message))
        {
            messages.Add(message);
        }

        return messages;
    }
}
