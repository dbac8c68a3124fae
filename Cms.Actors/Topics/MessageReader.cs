using System.Threading.Channels;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>Hears the messages of one application topic, in order; one that is behind reads from the store.</summary>
/// <remarks>One caller at a time takes; any thread may dispose. It costs a number, whatever it is behind.</remarks>
public sealed class MessageReader : IDisposable
{
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly MessageTopic _topic;
    private long _heard;

    internal MessageReader(MessageTopic topic, string? subscription, long heard) => (_topic, Subscription, _heard) = (topic, subscription, heard);

    /// <summary>The durable subscription that it reads for, or null.</summary>
    public string? Subscription { get; }

    /// <summary>Waits until there may be something to take.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the reader was disposed, another one reads for the subscription now, or the topic is gone.</returns>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _news.Reader.WaitToReadAsync(cancellation);

    /// <summary>Takes the next messages, some hundred at the most.</summary>
    /// <exception cref="JournalException">The store cannot be read; who tries again finds what is there.</exception>
    public async ValueTask<IReadOnlyList<MessageEvent>> TakeAsync(CancellationToken cancellation)
    {
        _news.Reader.TryRead(out _);
        try
        {
            var (events, hasMore) = await _topic.ReadAsync(_heard, cancellation);
            foreach (var happened in events)
            {
                _heard = happened is MessageEvent.Told told ? told.Message.Sequence : ((MessageEvent.Lost)happened).Next - 1;
            }

            if (hasMore)
            {
                Tell();
            }

            return events;
        }
        catch
        {
            Tell();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _topic.Remove(this);
        End();
    }

    internal void Tell() => _news.Writer.TryWrite(true);

    internal void End() => _news.Writer.TryComplete();
}
